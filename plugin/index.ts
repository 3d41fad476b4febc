export { DomoS3Export, Provider } from "./s3-export";
export type { ProviderArgs, S3ExportArgs } from "./s3-export";
