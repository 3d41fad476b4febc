/** Paths of Domo's API that are asked in more than one place; an id goes into them as it is. */
export const paths = {
  user: "/api/content/v2/users/me",
  dataset: (id: string): string => `/api/data/v3/datasources/${id}`,
  /** Of up to 100 datasets, whose ids are the body. */
  bulk: "/api/data/v3/datasources/bulk?includePrivate=true&includeAllDetails=true",
  /** The list of a dataset's exports, and the place of the POST that starts one. */
  exports: (dataset: string): string => `/api/query/v1/export/${dataset}`,
  execute: (dataset: string): string => `/api/query/v1/execute/${dataset}`,
} as const;
