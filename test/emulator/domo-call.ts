/** Calls the imitated API as a caller would. */
export async function domo(
  url: string,
  path: string,
  options: { readonly body?: unknown; readonly token?: string } = {},
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const { body, token = "reader-token" } = options;
  const answer = await fetch(url + path, {
    method: body === undefined ? "GET" : "POST",
    headers: { "X-DOMO-Developer-Token": token, "Content-Type": "application/json", Charset: "UTF-8" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const { status, headers } = answer;
  return { status, headers, body: await answer.json() };
}

/** The part of Domo's answer that tests look at. */
export interface ExportAnswer {
  readonly exportId: string;
  readonly exportStatus: string;
  readonly errorCode: string | null;
  readonly message: string | null;
  readonly started: string;
  readonly finished: string | null;
  readonly urlRowCountMap: Record<string, number>;
}

/** Waits for the end of an export by asking the list, as a caller would. */
export async function finished(url: string, exportId: string, dataset = "sales"): Promise<ExportAnswer> {
  for (;;) {
    const { body } = await domo(url, `/api/query/v1/export/${dataset}`);
    const found = (body as ExportAnswer[]).find((one) => one.exportId === exportId);
    if (found?.finished) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
