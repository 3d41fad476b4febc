export { countRows, getDataset } from "./calls";
export type { CountRowsArgs, DatasetColumn, GetDatasetResult } from "./calls";
export { DomoS3Export, Provider } from "./s3-export";
export type { ProviderArgs, S3ExportArgs } from "./s3-export";
