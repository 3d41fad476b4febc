import { expect, test } from "vitest";
import { z } from "zod";
import type { Body } from "../../provider/domo/read-body";
import {
  bodyError,
  connectionError,
  isBusy,
  isUnreachable,
  shapeError,
  statusError,
} from "../../provider/domo/request-error";
import { DomoAnswerError, DomoConnectionError, DomoStatusError } from "../../provider/errors";

const attempt = { label: '[GET] "https://acme.domo.com/api/x"', purpose: "list the exports" };
const failed = (status: number, body?: unknown, retryAfterMs?: number) =>
  statusError(attempt, status, { body, retryAfterMs });

const REDIRECTED =
  "Domo redirects elsewhere, which is not followed because the token would go along; check the instance's address";

test.each([
  [103, "Early Hints", "Domo refused the request"],
  [300, "Multiple Choices", REDIRECTED],
  [399, "Unexpected Status", REDIRECTED],
  [400, "Bad Request", "Domo refused the request as invalid; correct what Domo names"],
  [499, "Unexpected Status", "Domo refused the request"],
  [500, "Internal Server Error", "Domo failed; run again"],
])("a status %i, about which Domo says nothing, is explained", (status, name, meaning) => {
  expect(failed(status, undefined, 7)).toEqual(
    new DomoStatusError(`${attempt.label}: ${status} ${name} — could not list the exports: ${meaning}`, status, 7),
  );
});

test.each([
  [{ message: "Because.", toe: "ABC" }, '; Domo says "Because." (toe ABC)'],
  [{ message: null, toe: "ABC" }, " (toe ABC)"],
  [{ message: "Because.", toe: null }, '; Domo says "Because."'],
  [{ message: "Because." }, '; Domo says "Because."'],
  [{ toe: "ABC" }, " (toe ABC)"],
  [{ message: "", toe: "" }, ""],
  [{ message: 1, toe: "ABC" }, ""],
  [{ message: "x".repeat(301) }, `; Domo says "${"x".repeat(300)}"`],
  ["Because.", ""],
])("of a body %j, Domo's words and its trace id are quoted", (body, quoted) => {
  expect(failed(500, body).message).toBe(
    `${attempt.label}: 500 Internal Server Error — could not list the exports: Domo failed; run again${quoted}`,
  );
});

test("Domo is unreachable without an answer and from status 500; it is busy with 429 and 503 alone", () => {
  const noAnswer = new DomoConnectionError("no answer", false);
  const statuses = [408, 429, 499, 500, 502, 503, 504];
  expect([noAnswer, new Error("other"), undefined].map(isUnreachable)).toEqual([true, false, false]);
  expect([noAnswer, new Error("other"), undefined].map(isBusy)).toEqual([false, false, false]);
  expect(statuses.filter((status) => isUnreachable(failed(status)))).toEqual([500, 502, 503, 504]);
  expect(statuses.filter((status) => isBusy(failed(status)))).toEqual([429, 503]);
});

const MIB = 1024 * 1024;
test.each<[Exclude<Body, { kind: "json" }>, what: string, help: string]>([
  [{ kind: "broken" }, "JSON that breaks off", "run again"],
  [
    { kind: "html" },
    "an HTML page instead of JSON",
    "check the instance's address; a login page or a proxy answers there",
  ],
  [{ kind: "other" }, "something else instead of JSON", "check the instance's address"],
  [
    { kind: "too-large", maxBytes: 3 * MIB, isList: false },
    "the answer is larger than 3 MiB",
    "check the instance's address",
  ],
  [
    { kind: "too-large", maxBytes: 3 * MIB, isList: true },
    "the answer is larger than 3 MiB",
    "ask Domo's support to remove old exports of this dataset",
  ],
])(
  "a success with the body %j is no answer, and only one that broke off may be asked for again",
  (body, what, help) => {
    expect(bodyError(attempt, body)).toEqual(
      new DomoAnswerError(`${attempt.label}: ${what} — could not list the exports; ${help}`, body.kind === "broken"),
    );
  },
);

test.each([
  [{ a: [1, { b: 2 }], c: 1, d: 2, e: 3 }, "a.1.b: no text; c: no text; d: no text"],
  ["none", "answer: no object"],
])("the first three faults in the shape of %j are named, each with its place", (value, faults) => {
  const text = z.string("no text");
  const shape = z.object({ a: z.tuple([z.number(), z.object({ b: text })]), c: text, d: text, e: text }, "no object");
  const { error } = shape.safeParse(value);
  expect(shapeError(attempt, error!)).toEqual(
    new DomoAnswerError(
      `${attempt.label}: an answer of an unexpected shape (${faults}) — could not list the exports; run again, ` +
        "and if it stays, look for a newer version of pulumi-domo-s3-export",
      false,
    ),
  );
});

const withCode = (code: string) => Object.assign(new Error("as undici words it"), { code });
const NETWORK = "check the network and DOMO_INSTANCE, then run again";
test.each([
  // Its own code is a number.
  [
    new DOMException("", "TimeoutError"),
    "no whole answer within the time limit",
    "run again, or raise domo:requestTimeoutSeconds",
  ],
  [withCode("ECONNRESET"), "connection reset", "run again"],
  [withCode("UND_ERR_SOCKET"), "connection closed", "run again"],
  [withCode("EPIPE"), "the connection failed (EPIPE)", "run again"],
  [new TypeError("odd"), "the connection failed (TypeError)", "run again"],
  [withCode("ECONNREFUSED"), "connection refused", NETWORK],
  [withCode("ENOTFOUND"), "there is no host of this name", NETWORK],
  [withCode("EAI_AGAIN"), "the connection failed (EAI_AGAIN)", NETWORK],
  [withCode("UND_ERR_CONNECT_TIMEOUT"), "the connection failed (UND_ERR_CONNECT_TIMEOUT)", NETWORK],
])("no whole answer came: %o", (cause, what, help) => {
  const error = connectionError(attempt, cause);
  expect(error).toEqual(
    new DomoConnectionError(`${attempt.label}: ${what} — could not list the exports; ${help}`, help === NETWORK, {
      cause,
    }),
  );
});
