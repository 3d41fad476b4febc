import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { circles, importGraph, reachable } from "../../mutation/import-graph";

/** The floors of `provider/`, from below. A file imports from its own floor and from lower ones only. */
const floors: readonly (readonly string[])[] = [
  ["errors"],
  ["host"],
  ["aws", "domo", "query"],
  ["args", "services"],
  ["state"],
  ["audience", "diff", "read", "find-drift"],
  ["delivery"],
  ["manifest"],
  ["check"],
  ["preview"],
  ["create", "remove", "leftovers"],
  ["lifecycle"],
  ["domo-s3-export", "export-role"],
  ["index"],
];

/** Imports that still go up. The list only gets shorter: an entry that no longer goes up fails the test. */
const stillUpward: readonly string[] = [];

/** Files that still import types of each other. Shrinks in the same way. */
const stillCircular: readonly string[] = [];

/** Which folders each folder's files may import from, besides itself. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  provider: [],
  cli: ["provider"],
  plugin: ["provider"],
  policy: ["provider"],
  // The emulator shares no code with the provider, or a mistake in one would hide in the other.
  emulator: ["local"],
  local: ["emulator", "provider"],
  examples: [],
  bench: ["cli", "emulator", "local", "provider"],
  mutation: ["cli", "local"],
  test: ["bench", "cli", "emulator", "examples", "local", "mutation", "plugin", "policy", "provider"],
};

/** What users and developers start; everything else is there because one of these imports it. */
const started = [
  /^provider\/(index|lifecycle)\.ts$/,
  /^(cli|emulator|mutation|bench|bench\/growth|bench\/programs)\/main\.ts$/,
  /^policy\/index\.ts$/,
  /^plugin\/(index|server|schema\/write)\.ts$/,
  /^local\/(demo|prepare|language-host|python-host|aws-plugin|versions\/main)\.ts$/,
  /^bench\/(query|install|programs\/[\w-]+)\.ts$/,
  /^examples\//,
  /^mutation\/activate\.ts$/, // by vitest
  /^cli\/review\/error-preload\.ts$/, // with `node --require`
  /^emulator\/control-client\.ts$/, // by programs of those who run the emulator on its own
];

const graph = importGraph(Object.keys(rooms));
const imports = [...graph].flatMap(([from, targets]) => targets.map((to) => ({ from, to })));

function floorOf(file: string): number {
  const [, room = ""] = /^provider\/([\w-]+)/.exec(file) ?? [];
  return floors.findIndex((names) => names.includes(room));
}

test("every folder of sources has its rule", () => {
  const { include } = JSON.parse(readFileSync(join(projectRoot, "tsconfig.json"), "utf8")) as { include: string[] };
  expect(include.filter((name) => !name.endsWith(".mts")).sort()).toEqual(Object.keys(rooms).sort());
});

test("every file of the provider is on a floor", () => {
  const homeless = [...graph.keys()].filter((file) => file.startsWith("provider/") && floorOf(file) < 0);
  expect(homeless).toEqual([]);
});

test("no file of the provider imports from a higher floor", () => {
  const inside = imports.filter(({ from, to }) => from.startsWith("provider/") && to.startsWith("provider/"));
  const upward = inside.filter(({ from, to }) => floorOf(to) > floorOf(from)).map(({ from, to }) => `${from} -> ${to}`);
  expect(upward).toEqual(stillUpward);
});

test("each folder imports from the folders that it is made of, and from no others", () => {
  const foreign = imports.filter(({ from, to }) => {
    const [room = "", other = ""] = [from, to].map((file) => file.split("/")[0] ?? "");
    return other !== room && !rooms[room]?.includes(other);
  });
  expect(foreign.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test("what only tests use lies in test/", () => {
  const used = reachable(
    graph,
    [...graph.keys()].filter((file) => started.some((pattern) => pattern.test(file))),
  );
  const others = [...graph.keys()].filter((file) => !file.startsWith("test/") && !used.has(file));
  expect(others).toEqual([]);
});

test("no import goes round in a circle, be it of a type; what is loaded when it is needed comes after", () => {
  const eager = importGraph(Object.keys(rooms), { lazy: false });
  const knots = circles(eager).map((files) => files.join(" "));
  expect(knots.sort()).toEqual(stillCircular);
});

test("circles are found, those of two files and longer ones", () => {
  const graph = new Map([
    ["a", ["b"]],
    ["b", ["c", "d"]],
    ["c", ["e"]],
    ["d", ["b"]],
    ["e", ["f"]],
    ["f", ["g"]],
    ["g", ["e"]],
  ]);
  expect(circles(graph)).toEqual([
    ["e", "f", "g"],
    ["b", "d"],
  ]);
});
