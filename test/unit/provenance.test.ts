import { expect, test } from "vitest";
import { readEntry, readTime, type DomoExport } from "../../provider/domo/answers";
import { judge, type Claim } from "../../provider/delivery/provenance";

const DIGEST = "0123456789abcdef0123456789abcdef";
const OTHER_DIGEST = "fedcba9876543210fedcba9876543210";
const ID = "6a1b2c3d-0000-4000-8000-000000000001";
const OTHER_ID = "6a1b2c3d-0000-4000-8000-000000000002";
const claim: Claim = { bucket: "acme-exports", keyPrefix: `sales/ä b/${DIGEST}` };
const key = `${claim.keyPrefix}/${ID}/export/data.csv.gz`;

function entry(urls: Record<string, number>, more: Partial<DomoExport> = {}): DomoExport {
  return { exportId: ID, status: "success", urlRowCountMap: urls, odd: [], ...more };
}
const kindOf = (found: DomoExport, more: Partial<Claim> = {}) => judge(found, { ...claim, ...more }).kind;

const forms: Record<string, (raw: string) => string> = {
  s3: (raw) => `s3://acme-exports/${raw}`,
  "s3 with a doubled slash": (raw) => `s3://acme-exports//${raw}`,
  s3a: (raw) => `s3a://acme-exports/${raw}`,
  "virtual host": (raw) => `https://acme-exports.s3.eu-west-3.amazonaws.com/${raw}`,
  "virtual host, old": (raw) => `https://acme-exports.s3-eu-west-3.amazonaws.com/${raw}`,
  "path style": (raw) => `https://s3.eu-west-3.amazonaws.com/acme-exports/${raw}`,
  "path style of another host": (raw) => `http://127.0.0.1:5000/acme-exports/${raw}`,
  "bucket and key": (raw) => `acme-exports/${raw}`,
  "a bare key": (raw) => raw,
  "a bare key with a slash": (raw) => `/${raw}`,
};
const spellings: Record<string, (raw: string) => string> = {
  raw: (raw) => raw,
  "percent-encoded": (raw) => raw.split("/").map(encodeURIComponent).join("/"),
  "doubled slashes": (raw) => raw.replaceAll("/", "//"),
};
const tails = ["", "?X-Amz-Signature=abc&X-Amz-Expires=60"];
const shapes = [`${ID}/export/data.csv.gz`, `${ID}/data.csv.gz`, "export/data.csv.gz", "data.csv.gz"];
/** One moment, as Domo may write it; an export that began then is of data that changed then, and not of any later. */
const BEGAN = "2026-01-01T10:00:00.000Z";
const times = [
  BEGAN,
  "2026-01-01T10:00:00.000",
  "2026-01-01T12:00:00.000+02:00",
  Date.parse(BEGAN),
  `${Date.parse(BEGAN)}`,
];
const changes = { [BEGAN]: "ours", "2026-01-01T10:00:00.001Z": "stale" };

for (const [form, make] of Object.entries(forms)) {
  test.each(Object.entries(spellings))(
    `ours is read from ${form}, %s, in every shape and with every time`,
    (_, spell) => {
      for (const shape of shapes) {
        const place = `${claim.keyPrefix}/${shape}`;
        for (const tail of tails) {
          const urlRowCountMap = { [make(spell(place)) + tail]: 2 };
          for (const started of times) {
            const found = readEntry({ exportId: ID, exportStatus: "SUCCESS", urlRowCountMap, started }) as DomoExport;
            for (const [changedAt, kind] of Object.entries(changes))
              expect(judge(found, { ...claim, data: { changedAt } }), `${shape} ${tail} ${started}`).toMatchObject({
                kind,
                objects: [{ key: place, rows: 2 }],
              });
          }
        }
      }
    },
  );
}

test.each(["", `${ID}/`])("a key relative to the path is ours: %sexport/data.csv.gz", (folder) => {
  expect(judge(entry({ [`${folder}export/data.csv.gz`]: 2 }), claim)).toEqual({
    kind: "ours",
    objects: [{ key: `${claim.keyPrefix}/${folder}export/data.csv.gz`, rows: 2 }],
  });
});

test("a key that has a question mark or a percent sign of its own is ours as it stands", () => {
  const odd = { ...claim, keyPrefix: `100%?/${DIGEST}` };
  const place = `${odd.keyPrefix}/${ID}/export/data.csv`;
  expect(judge(entry({ [`s3://acme-exports/${place}`]: 1 }), odd)).toMatchObject({ objects: [{ key: place }] });
});

// A1: the place of another export below ours is not ours.
test.each([
  [
    "another definition's below our prefix",
    `s3://acme-exports/${claim.keyPrefix}/${OTHER_DIGEST}/${ID}/export/data.csv`,
  ],
  ["another path below our prefix", `s3://acme-exports/${claim.keyPrefix}/more/${OTHER_DIGEST}/${ID}/export/data.csv`],
  ["our key in another bucket", `s3://other/${key}`],
  ["another export's of this definition", `s3://acme-exports/${claim.keyPrefix}/${OTHER_ID}/export/data.csv`],
])("the place of %s is not ours", (_, url) => {
  expect(kindOf(entry({ [url]: 1 }))).not.toBe("ours");
});

test.each([
  ["another prefix", `s3://acme-exports/sales/${OTHER_DIGEST}/${ID}/export/data.csv`],
  ["a prefix that only starts like ours", `s3://acme-exports/sales/other/${ID}/export/data.csv`],
  ["a digest that only ends like ours", `s3://acme-exports/sales/f${DIGEST.slice(1)}/${ID}/export/data.csv`],
  ["another bucket", `s3://other/sales/${OTHER_DIGEST}/x`],
  ["another bucket, virtual host", "https://other.s3.eu-west-3.amazonaws.com/x/y"],
  ["another bucket, path style", "https://s3.eu-west-3.amazonaws.com/other/x"],
  ["our bucket, path style of any host", "https://files.example.com/acme-exports/x"],
])("a URL that names %s is another's", (_, url) => {
  expect(kindOf(entry({ [url]: 1 }))).toBe("foreign");
});

test.each([
  ["a host that may be anything", "https://cdn.example.com/exports/abc123"],
  ["an unknown scheme", "domo://exports/abc123"],
  ["nothing", ""],
  ["our digest, at a place that is not read", `https://cdn.example.com/x/${DIGEST}/${ID}/data.csv`],
  ["our digest in our bucket, elsewhere", `s3://acme-exports/archive/${DIGEST}/data.csv`],
])("a URL that names %s can't be read", (_, url) => {
  expect(kindOf(entry({ [url]: 1 }))).toBe("unreadable");
});

test("one URL elsewhere among ours makes the export another's", () => {
  expect(kindOf(entry({ [`s3://acme-exports/${key}`]: 1, "s3://other/x": 1 }))).toBe("foreign");
});

test("what is shown of a URL has no signature", () => {
  const verdict = judge(entry({ "s3://other/x?X-Amz-Signature=abc": 1 }), claim);
  expect(verdict).toMatchObject({ why: expect.stringContaining('"s3://other/x"') as string });
  expect(JSON.stringify(verdict)).not.toContain("Signature");
});

test("another bucket decides before anything else", () => {
  expect(kindOf(entry({ [`s3://acme-exports/${key}`]: 1 }, { bucket: "other" }))).toBe("foreign");
  expect(kindOf(entry({}, { bucket: "other", status: "error" }))).toBe("foreign");
  expect(kindOf(entry({ [`s3://acme-exports/${key}`]: 1 }, { bucket: "acme-exports" }))).toBe("ours");
});

test("a success that names no object can't be read", () => {
  expect(kindOf(entry({}))).toBe("unreadable");
});

test("a field that can't be read matters where the entry may be ours", () => {
  const raw = { exportId: ID, exportStatus: "success", urlRowCountMap: { [`s3://acme-exports/${key}`]: -1 } };
  expect(kindOf(readEntry(raw) as DomoExport)).toBe("unreadable");
  const late = { ...raw, urlRowCountMap: { [`s3://acme-exports/${key}`]: "2" }, started: "yesterday" };
  expect(kindOf(readEntry(late) as DomoExport)).toBe("unreadable");
});

// A10: a stranger's failure that our POST joined.
test("a failed export that had begun before our POST is another's", () => {
  const failed = entry({}, { status: "error", started: "2026-01-01T00:00:00.000Z", message: "no" });
  const at = Date.parse("2026-01-01T00:00:00.000Z");
  expect(kindOf(failed, { postedAt: at + 1 })).toBe("foreign");
  expect(kindOf(failed, { postedAt: at })).toBe("failed");
  expect(kindOf(failed)).toBe("failed");
});

// A10: that the answer names it, and no list before did, is all that there is to go by, next to the bucket.
test.each([
  [undefined, "failed"],
  ["acme-exports", "failed"],
  ["other", "foreign"],
])("a failed export without a time, whose bucket is %s, is %s", (bucket, kind) => {
  expect(kindOf(entry({}, { status: "error", bucket }), { postedAt: Date.parse(BEGAN) })).toBe(kind);
});

test.each([
  [{ errorCode: "E1", message: "Out of memory" }, "E1: Out of memory"],
  [{ message: "Out of memory" }, "Out of memory"],
  [{}, "Domo gives no reason"],
  [{ status: "paused", finished: "2026-01-01T00:00:00.000Z" }, 'Domo ended it with the status "paused"'],
  [{ status: "paused", message: "Later" }, 'Domo ended it with the status "paused"; Later'],
])("a failure says why: %j", (more, why) => {
  expect(judge(entry({}, { status: "error", ...more }), claim)).toEqual({ kind: "failed", why });
});

// A5: unknown is not fresh.
test.each([
  [BEGAN, "2026-01-01T09:59:59.999Z", "ours", undefined],
  [BEGAN, BEGAN, "ours", undefined],
  [BEGAN, "2026-01-01T10:00:00.001Z", "stale", "2026-01-01T10:00:00.001Z"],
  [BEGAN, undefined, "stale", undefined],
  [undefined, "2026-01-01T09:00:00.000Z", "stale", undefined],
])("an export that began at %s of data that changed at %s is %s", (started, changedAt, kind, newer) => {
  const verdict = judge(entry({ [`s3://acme-exports/${key}`]: 1 }, { started }), { ...claim, data: { changedAt } });
  expect(verdict.kind).toBe(kind);
  expect("changedAt" in verdict ? verdict.changedAt : undefined).toBe(newer);
});

test.each<[string, DomoExport, Partial<Claim>]>([
  [
    "Domo's list has urlRowCountMap, started that can't be read",
    entry({ [`s3://acme-exports/${key}`]: 1 }, { odd: ["urlRowCountMap", "started"] }),
    {},
  ],
  [
    `Domo names "domo://x", which is not below "s3://acme-exports/${claim.keyPrefix}/" in any reading`,
    entry({ "domo://x": 1 }),
    {},
  ],
  [
    "Domo does not say when the data last changed",
    entry({ [`s3://acme-exports/${key}`]: 1 }, { started: BEGAN }),
    { data: { changedAt: undefined } },
  ],
  ["Domo does not say when it began", entry({ [`s3://acme-exports/${key}`]: 1 }), { data: { changedAt: BEGAN } }],
])("the verdict says why: %s", (why, found, more) => {
  expect(judge(found, { ...claim, ...more })).toMatchObject({ why });
});

test("adopt takes any place below the path", () => {
  const url = `s3://acme-exports/sales/${OTHER_DIGEST}/${OTHER_ID}/export/data.csv`;
  expect(kindOf(entry({ [url]: 1 }), { keyPrefix: "sales", anywhereBelow: true })).toBe("ours");
  expect(kindOf(entry({ [url]: 1 }), { keyPrefix: "sale", anywhereBelow: true })).not.toBe("ours");
});

test.each([
  ["2026-01-01T10:00:00.000Z", "2026-01-01T10:00:00.000Z"],
  ["2026-01-01T10:00:00", "2026-01-01T10:00:00.000Z"],
  ["2026-01-01 10:00:00", "2026-01-01T10:00:00.000Z"],
  ["2026-01-01T10:00:00.25", "2026-01-01T10:00:00.250Z"],
  ["2026-01-01T12:00:00+02:00", "2026-01-01T10:00:00.000Z"],
  ["2026-01-01T12:00:00+0200", "2026-01-01T10:00:00.000Z"],
  ["Thu, 01 Jan 2026 10:00:00 GMT", "2026-01-01T10:00:00.000Z"],
  ["Thu, 01 Jan 2026 10:00:00", "2026-01-01T10:00:00.000Z"],
  ["2026-01-01", "2026-01-01T00:00:00.000Z"],
  [1767261600000, "2026-01-01T10:00:00.000Z"],
  ["1767261600000", "2026-01-01T10:00:00.000Z"],
  ["yesterday", undefined],
  ["", undefined],
  [null, undefined],
  [{}, undefined],
  [1e20, undefined],
])("the time %j is read as %s, whatever the zone of this machine", (value, time) => {
  for (const zone of ["UTC", "America/New_York", "Asia/Kolkata"]) {
    process.env.TZ = zone;
    expect(readTime(value)).toBe(time);
  }
  delete process.env.TZ;
});
