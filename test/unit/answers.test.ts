import { expect, test, vi } from "vitest";
import {
  beganBefore,
  bulkAnswer,
  datasetAnswer,
  exportAnswer,
  exportListAnswer,
  hasEnded,
  policiesAnswer,
  readEntry,
  readTime,
  schemaAnswer,
  userAnswer,
} from "../../provider/domo/answers";
import { countAnswer, countBody, limitedCount } from "../../provider/domo/count";
import { DomoConnectionError } from "../../provider/errors";
import { listedExport } from "../support/listed-export";

const AT = "2026-01-01T10:00:00.000Z";
const whole = {
  exportId: "E",
  exportStatus: "SUCCESS",
  bucket: "b",
  errorCode: 7,
  message: "m",
  started: AT,
  finished: Date.parse(AT),
  urlRowCountMap: { "s3://b/k": "12", "s3://b/l": 3 },
};

test("an entry is read with its times, its words and its counts", () => {
  expect(readEntry(whole)).toEqual({
    exportId: "E",
    status: "success",
    bucket: "b",
    errorCode: "7",
    message: "m",
    started: AT,
    finished: AT,
    urlRowCountMap: { "s3://b/k": 12, "s3://b/l": 3 },
    odd: [],
  });
});

test.each([
  ["Running", "exporting"],
  ["FAILED", "error"],
  ["Error", "error"],
  ["None", "none"],
  ["Paused", "paused"],
])("the status %s is read as %s", (exportStatus, status) => {
  expect(readEntry({ ...whole, exportStatus })?.status).toBe(status);
});

test.each([[null], ["text"], [7], [{}], [{ ...whole, exportId: "" }], [{ ...whole, exportId: 7 }]])(
  "what has no id is no entry: %j",
  (raw) => {
    expect(readEntry(raw)).toBeUndefined();
  },
);

test.each<[string, unknown, unknown]>([
  ["exportStatus", 7, undefined],
  ["bucket", {}, undefined],
  ["errorCode", true, undefined],
  ["message", [], undefined],
  ["started", "yesterday", undefined],
  ["finished", "later", undefined],
  ["urlRowCountMap", [], {}],
  ["urlRowCountMap", "none", {}],
  ["urlRowCountMap", { "s3://b/k": -1, "s3://b/l": 3 }, { "s3://b/l": 3 }],
  ["urlRowCountMap", { "s3://b/k": 1.5 }, {}],
  ["urlRowCountMap", { "s3://b/k": "1x" }, {}],
  ["urlRowCountMap", { "s3://b/k": "x1" }, {}],
  ["urlRowCountMap", { "s3://b/k": "1e3" }, {}],
  ["urlRowCountMap", { "s3://b/k": "" }, {}],
  ["urlRowCountMap", { "s3://b/k": 2 ** 53 }, {}],
  ["urlRowCountMap", { "s3://b/k": null }, {}],
])("a field %s that is %j is named as odd", (name, value, read) => {
  const entry = readEntry({ ...whole, [name]: value });
  expect(entry?.odd).toEqual([name]);
  if (name === "exportStatus") expect(entry?.status).toBe("");
  else expect(entry).toMatchObject({ [name]: read });
});

test.each([[null], [undefined], [""]])("a field that is %j is absent, and not odd", (nothing) => {
  const names = ["bucket", "errorCode", "message", "started", "finished"];
  const entry = readEntry({ ...whole, ...Object.fromEntries(names.map((name) => [name, nothing])) });
  expect(entry).toMatchObject({ odd: [] });
  for (const name of names) expect(entry).toHaveProperty(name, undefined);
});

test.each([[null], [undefined]])("counts that are %j are none, and not odd", (urlRowCountMap) => {
  expect(readEntry({ ...whole, urlRowCountMap })).toMatchObject({ urlRowCountMap: {}, odd: [] });
});

test("no rows are a count", () => {
  expect(readEntry({ ...whole, urlRowCountMap: { a: 0, b: "0" } })).toMatchObject({ urlRowCountMap: { a: 0, b: 0 } });
});

test.each([
  [AT, AT],
  [Date.parse(AT), AT],
  [` ${Date.parse(AT)} `, AT],
  ["2026-01-01T10:00", AT],
  ["2026-01-01t10:00:00.000", AT],
  [" 2026-01-01 10:00:00 ", AT],
  ["2026-01-01T12:00:00+02:00", AT],
  ["2026-01-01 05:00 -0500", AT],
  ["Thu, 01 Jan 2026 10:00:00", AT],
  ["Thu, 01 Jan 2026 10:00:00 gmt", AT],
  ["Jan 1, 2026 10:00 AM", AT],
  ["01-01-2026 10:00", AT],
  ["2026-01-01", "2026-01-01T00:00:00.000Z"],
  ["Jan 1, 2026", "2026-01-01T00:00:00.000Z"],
  ["", undefined],
  ["soon", undefined],
  [[AT], undefined],
  [true, undefined],
  [NaN, undefined],
])("the time %j is %s, also where this machine is in New York", (value, time) => {
  vi.stubEnv("TZ", "America/New_York");
  try {
    expect(readTime(value)).toBe(time);
  } finally {
    vi.unstubAllEnvs();
  }
});

test("an answer to a POST needs an id; a list leaves out what has none", () => {
  expect(exportAnswer.safeParse({}).error?.issues).toMatchObject([{ code: "custom", message: "has no exportId" }]);
  expect(exportAnswer.parse(whole)).toMatchObject({ exportId: "E" });
  expect(exportListAnswer.parse([whole, {}, null])).toMatchObject([{ exportId: "E" }]);
  expect(exportListAnswer.safeParse({}).success).toBe(false);
});

test.each([
  [{ status: "success" }, true],
  [{ status: "error" }, true],
  [{ status: "exporting" }, false],
  [{ status: "exporting", finished: AT }, false],
  [{ status: "none", finished: AT }, false],
  [{ status: "paused" }, false],
  [{ status: "paused", finished: AT }, true],
])("an export that is %j has ended: %s", (more, ended) => {
  expect(hasEnded(listedExport(more))).toBe(ended);
});

test("an export began before a time only where both are known", () => {
  const at = Date.parse(AT);
  expect(beganBefore(listedExport({ started: AT }), at + 1)).toBe(true);
  expect(beganBefore(listedExport({ started: AT }), at)).toBe(false);
  expect(beganBefore(listedExport({}), at)).toBe(false);
  expect(beganBefore(listedExport({ started: AT }), undefined)).toBe(false);
});

test("ids are text, whatever Domo writes", () => {
  expect(userAnswer.parse({ id: 7, displayName: null })).toEqual({ id: "7", displayName: undefined });
  expect(userAnswer.parse({ id: "7", displayName: "D" })).toEqual({ id: "7", displayName: "D" });
  expect(userAnswer.safeParse({}).success).toBe(false);
  const policy = {
    name: "West",
    userIds: [7, "8"],
    groupIds: [1, "2"],
    filterGroupId: 3,
    type: "user",
    parameters: [1],
  };
  expect(policiesAnswer.parse([policy, { name: "x", filterGroupId: "4", type: null }])).toEqual([
    { ...policy, userIds: ["7", "8"], groupIds: ["1", "2"] },
    { name: "x", filterGroupId: "4", type: undefined },
  ]);
});

const dataset = { id: "D", name: "Orders", rowCount: 3, permissions: "READ", owner: { id: 7 } };
test("a dataset's data changed when it says, or else when anything of it did", () => {
  const facts = { id: "D", name: "Orders", rowCount: 3, permissions: "READ", owner: { id: "7" } };
  expect(datasetAnswer.parse({ ...dataset, dataLastUpdated: AT, lastUpdated: 9 })).toEqual({
    ...facts,
    dataUpdated: AT,
  });
  expect(datasetAnswer.parse({ ...dataset, lastUpdated: Date.parse(AT), owner: { id: "7" } })).toEqual({
    ...facts,
    dataUpdated: AT,
  });
  expect(datasetAnswer.parse({ ...dataset, dataLastUpdated: 1 }).dataUpdated).toBe("1970-01-01T00:00:00.001Z");
  for (const none of [undefined, null, 0, "never", "1970-01-01"])
    expect(datasetAnswer.parse({ ...dataset, dataLastUpdated: none })).toEqual({ ...facts, dataUpdated: undefined });
  expect(datasetAnswer.parse({ id: "D", name: "N", owner: null, rowCount: null, permissions: null })).toEqual({
    id: "D",
    name: "N",
    rowCount: null,
    owner: undefined,
    permissions: undefined,
    dataUpdated: undefined,
  });
});

test("columns are those of the first table", () => {
  const column = (name: string) => ({ name, type: "STRING" });
  expect(schemaAnswer.parse({ tables: [{ columns: [column("A")] }, { columns: [column("B")] }] })).toEqual([
    column("A"),
  ]);
  expect(schemaAnswer.safeParse({ tables: [] }).success).toBe(false);
});

test("an answer about many datasets has facts of each, and columns where they are all there", () => {
  const column = (name: string, more: object = {}) => ({ name, type: "STRING", ...more });
  const schema = (...columns: object[]) => ({ schema: { tables: [{ columns }, "another"] } });
  const entries = [
    { ...dataset, id: "whole", columnCount: 2, ...schema(column("A"), column("B", { visible: true })) },
    { ...dataset, id: "hidden", columnCount: 2, ...schema(column("A"), column("B", { visible: false })) },
    { ...dataset, id: "fewer", columnCount: 2, ...schema(column("A")) },
    { ...dataset, id: "none", columnCount: 0, ...schema() },
    { ...dataset, id: "no schema", columnCount: 1 },
    { name: "no id" },
  ];
  for (const answer of [entries, { dataSources: entries }]) {
    const found = bulkAnswer.parse(answer);
    expect([...found].map(([id, { columns }]) => [id, columns?.map(({ name }) => name)])).toEqual([
      ["whole", ["A", "B"]],
      ["hidden", ["A"]],
      ["fewer", undefined],
      ["none", undefined],
      ["no schema", undefined],
    ]);
    expect(found.get("whole")).toEqual({
      facts: expect.objectContaining({ id: "whole", name: "Orders" }) as object,
      columns: [column("A"), column("B")],
    });
  }
  expect(bulkAnswer.safeParse({}).success).toBe(false);
});

test.each([
  [[[12]], 12],
  [[["12"]], 12],
  [[["12.0"]], 12],
  [[[0]], 0],
  [[[-1]], undefined],
  [[["x12"]], undefined],
  [[["12x"]], undefined],
  [[["1e3"]], undefined],
  [[["12.5"]], undefined],
  [[[1, 2]], undefined],
  [[[1], [2]], undefined],
  [[], undefined],
])("a count of %j is %s", (rows, count) => {
  expect(countAnswer.safeParse({ rows }).data).toBe(count);
});

test("a query is counted by its columns, groups and conditions, without order and limit", () => {
  const query = { columns: [1], groupByColumns: [2], where: 3, limit: { limit: 1, offset: 0 }, orderByColumns: [4] };
  const body = {
    context: { calendar: "StandardCalendar", features: { AllowNullValues: true, PerformTimeZoneConversion: true } },
    query: {
      columns: [{ exprType: "FUNCTION", name: "COUNT", arguments: [{ exprType: "NUMERIC_VALUE", value: 1 }] }],
      fromQuery: { columns: [1], groupByColumns: [2], having: null, where: 3 },
      limit: { limit: 1 },
    },
    querySource: "judoTable-rowCount",
  };
  expect(countBody(query)).toStrictEqual(body);
  const { where, ...fromQuery } = body.query.fromQuery;
  expect(countBody({ ...query, where: undefined })).toStrictEqual({ ...body, query: { ...body.query, fromQuery } });
  expect(where).toBe(3);
});

test.each([
  [undefined, 10, 10],
  [{ limit: 3, offset: 0 }, 10, 3],
  [{ limit: 30, offset: 0 }, 10, 10],
  [{ limit: 30, offset: 4 }, 10, 6],
  [{ limit: 3, offset: 9 }, 10, 1],
  [{ limit: 3, offset: 99 }, 10, 0],
])("with the limit %j, %i rows are %i", async (limit, counted, rows) => {
  const query = { columns: [], groupByColumns: [], limit };
  expect(await limitedCount(query, () => Promise.resolve(counted))).toEqual({ rows });
});

test("a count that Domo does not give is a reason; a fault of ours is thrown", async () => {
  const query = { columns: [], groupByColumns: [] };
  const silent = new DomoConnectionError("no answer", false);
  expect(await limitedCount(query, () => Promise.reject(silent))).toEqual({ rows: undefined, reason: "no answer" });
  const fault = new TypeError("a mistake");
  await expect(limitedCount(query, () => Promise.reject(fault))).rejects.toBe(fault);
});
