export { DomoS3Export } from "./domo-s3-export";
export type { DomoS3ExportArgs, RowBounds } from "./domo-s3-export";
export type {
  RowCounts,
  RowPolicies,
  Drift,
  DriftKind,
  ExportedFile,
  ExportOrigin,
  ExportStatus,
  ManifestObject,
} from "./state/export-state";
export { exportRolePolicy, exportRoleTrust } from "./export-role";
export type { ExportRolePolicyArgs, ExportRoleTrustArgs } from "./export-role";
export type {
  AndNode,
  BetweenNode,
  ColumnNode,
  CompareNode,
  CountNode,
  DateTimeNode,
  InNode,
  NumberNode,
  OperandNode,
  Operator,
  OrderNode,
  PredicateNode,
  QueryNode,
  RawNode,
  SelectItemNode,
  SelectNode,
  TermNode,
  TextNode,
  ValueNode,
} from "./query/ast";
export {
  and,
  asc,
  between,
  column,
  count,
  countDistinct,
  datetime,
  desc,
  eq,
  gt,
  gte,
  inList,
  lt,
  lte,
  ne,
  notIn,
  number,
  raw,
  select,
  sql,
  text,
} from "./query/build/builder";
export type { Name, SelectBuilder, SelectItem } from "./query/build/builder";
export { dataset } from "./query/build/dataset";
export type { Dataset } from "./query/build/dataset";
export type {
  Column,
  Count,
  DateText,
  DomoJson,
  Needs,
  Operand,
  OperandFor,
  Order,
  Predicate,
  QueryInput,
  SelectInput,
  SqlNode,
  Value,
  ValueInput,
} from "./query/build/input";
