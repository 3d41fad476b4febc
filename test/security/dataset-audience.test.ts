import { expect, test } from "vitest";
import { datasetAudience, type DatasetAccess } from "../../provider/audience/row-policies";

const open = { name: "All Rows", type: "open", userIds: ["1"], groupIds: [], parameters: [] };
const west = { name: "West", type: "user", userIds: ["7"], groupIds: ["20"], parameters: [{ column: "Region" }] };
const east = { name: "East", type: "user", userIds: [], groupIds: ["21"], parameters: [{ column: "Region" }] };

test.each<[string, DatasetAccess, ReturnType<typeof datasetAudience>]>([
  ["no policies", { userId: "7", policies: [] }, { enabled: false, policies: [], possible: [], rows: "all" }],
  [
    "the open policy alone",
    { userId: "7", policies: [open] },
    { enabled: false, policies: [], possible: [], rows: "all" },
  ],
  [
    "a user whom a policy names",
    { userId: "7", policies: [open, west] },
    { enabled: true, policies: ["West"], possible: [], rows: "restricted" },
  ],
  [
    "a member of the open policy",
    { userId: "1", policies: [open, west] },
    { enabled: true, policies: ["All Rows"], possible: ["West"], rows: "all" },
  ],
  [
    "a user whom only groups can name",
    { userId: "8", policies: [open, west, east] },
    { enabled: true, policies: [], possible: ["West", "East"], rows: "unknown" },
  ],
  [
    "a named user who may be in a group that sees all",
    { userId: "7", policies: [{ ...open, groupIds: ["30"] }, west] },
    { enabled: true, policies: ["West"], possible: ["All Rows"], rows: "unknown" },
  ],
  [
    "a named user of a policy without filters",
    { userId: "7", policies: [{ ...west, parameters: [] }] },
    { enabled: true, policies: ["West"], possible: [], rows: "all" },
  ],
  [
    "a policy whose filters Domo left out",
    { userId: "7", policies: [{ name: "West", type: undefined, userIds: ["7"] }] },
    { enabled: true, policies: ["West"], possible: [], rows: "restricted" },
  ],
  [
    "the owner",
    { userId: "7", ownerId: "7", policies: [west] },
    { enabled: true, policies: ["West"], possible: [], rows: "all" },
  ],
  [
    "an admin of the dataset",
    { userId: "9", permissions: "READ_WRITE_DELETE_SHARE_ADMIN", policies: [west] },
    { enabled: true, policies: [], possible: ["West"], rows: "all" },
  ],
  [
    "a member of the open policy, whose filters Domo left out",
    { userId: "1", policies: [{ name: "All Rows", type: "Open", userIds: ["1"] }, west] },
    { enabled: true, policies: ["All Rows"], possible: ["West"], rows: "all" },
  ],
  [
    "a reader",
    { userId: "9", permissions: "READ_SHARE", policies: [{ ...west, groupIds: null }] },
    { enabled: true, policies: [], possible: [], rows: "unknown" },
  ],
])("row policies of %s", (_who, access, audience) => {
  expect(datasetAudience(access)).toEqual(audience);
});
