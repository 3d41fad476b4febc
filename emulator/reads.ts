import { currentVersion, type Dataset } from "./dataset-store";
import type { UserDefinition } from "./options";
import type { ReadOptions } from "./read-options";

/** `GET /api/content/v2/users/me` */
export function userAnswer({ id, displayName, roleId = 2 }: UserDefinition) {
  return { id, displayName, roleId };
}

/** `GET /api/data/v3/datasources/{id}` */
export function datasetAnswer(dataset: Dataset, user: UserDefinition, options: ReadOptions) {
  const { id, name, owner, columns } = dataset;
  const { rowCount } = currentVersion(dataset);
  const permissions = permissionText(user.datasetAdmin ? "ADMIN" : user.datasets?.[id]);
  const times = datasetTimes(dataset, options);
  return { id, name, rowCount, columnCount: columns.length, ...times, owner, permissions, status: "SUCCESS" };
}

function datasetTimes(dataset: Dataset, { lastUpdated, dataLastUpdated }: ReadOptions) {
  const { updatedAt } = dataset;
  const dataTime = dataLastUpdated === "zero" ? 0 : currentVersion(dataset).recordedAt;
  return {
    ...(lastUpdated === "present" ? { lastUpdated: updatedAt } : {}),
    ...(dataLastUpdated === "absent" ? {} : { dataLastUpdated: dataTime }),
    lastTouched: updatedAt,
  };
}

/** `GET /api/query/v1/datasources/{id}/schema/indexed` */
export function schemaAnswer({ id, columns }: Dataset, includeHidden: boolean) {
  const all = columns.map(({ name, type, visible = true }, order) => ({ name, id: name, type, visible, order }));
  return { id, tables: [{ columns: includeHidden ? all : all.filter(({ visible }) => visible) }] };
}

/** `GET /api/data/v2/datasources/{id}/dataversions`, newest first. */
export function versionsAnswer({ versions, columns }: Dataset) {
  return versions.toReversed().map(({ dataId, recordedAt, rowCount }) => ({
    dataId,
    uploadStatus: "UPLOADED",
    recordedDate: recordedAt,
    uploadCompletedDate: recordedAt,
    numRows: rowCount,
    numBytes: rowCount * columns.length * 8,
  }));
}

/** `GET /api/data/v3/datasources/{id}/dataversions/details`, newest first. */
export function versionDetailsAnswer({ versions, columns }: Dataset, { versionIds }: ReadOptions) {
  const id = (number: number) => (versionIds === "text" ? String(number) : number);
  return versions.toReversed().map(({ dataId, schemaId, recordedAt, rowCount }) => ({
    dataVersionId: id(dataId),
    datetimeRecorded: recordedAt,
    rowCount,
    sizeBytes: rowCount * columns.length * 8,
    schemaId: id(schemaId),
    status: "ACTIVE",
  }));
}

/** `GET /api/query/v1/data-control/{id}/filter-groups`; `options` says which parts are told. */
export function policiesAnswer({ pdp }: Dataset, options: readonly string[]) {
  const told = pdp?.enabled ? pdp.policies : [];
  const shown = told.filter(({ type }) => type !== "open" || options.includes("include_open_policy"));
  return shown.map(({ filterGroupId, name, type, userIds = [], groupIds = [], parameters = [] }) => ({
    filterGroupId,
    name,
    type,
    ...(options.includes("load_associations") ? { userIds, groupIds } : {}),
    parameters: options.includes("load_filters")
      ? parameters.map(({ name, values, not = false }) => ({ type: "COLUMN", operator: "EQUALS", name, values, not }))
      : [],
  }));
}

function permissionText(access: string | undefined): string {
  if (access === "READ") return "READ_SHARE";
  if (access === "WRITE") return "READ_WRITE_SHARE";
  if (access === "ADMIN" || access === "OWNER") return "READ_WRITE_DELETE_SHARE_ADMIN";
  return access ?? "";
}
