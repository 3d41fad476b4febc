import { randomUUID } from "node:crypto";
import type { DomoColumns } from "../../../provider/domo/answers";
import { arePoliciesHidden } from "../../../provider/audience/row-policies";
import { paths } from "../../../provider/domo/paths";
import type { S3Place } from "../../../provider/aws/clients";
import { activeExport } from "../../../provider/delivery/free-slot";
import { writeCredentials } from "../../../provider/delivery/write-credentials";
import { PreflightError } from "../../../provider/errors";
import type { Services } from "../../../provider/services";
import { count } from "../../plural";
import { type Check, checked, failure, fail, ok, warn } from "../check";
import { probeOrder } from "../checks/aws";
import { userAudience, type DomoAccess } from "../checks/domo";
import type { DoctorOptions } from "../command";
import { exportAnswers, rateAnswer, readAnswers } from "./answers";
import { type CountAudience, countConstructs } from "./count-constructs";
import type { Answers } from "./questions";
import { runExports, type Seen } from "./run-exports";

/** A row has at most so many columns: enough to see the form of the file. */
const MOST_COLUMNS = 20;
/** Credentials are asked for so long. */
const SESSION_MS = 900_000;

/** What the live part found: answers to all questions, and checks of its own. */
export interface LiveResult {
  readonly checks: readonly Check[];
  readonly answers?: Answers;
}

/** Runs the live part: exports ten rows a few times below a prefix, reads the answers, and removes what was written. */
export async function askLive(
  access: DomoAccess,
  options: DoctorOptions & { readonly dataset: string; readonly place: S3Place },
  signal: AbortSignal,
): Promise<LiveResult> {
  const { place } = options;
  const { aws } = access.services;
  const prefix = `${options.path}/doctor-${randomUUID().slice(0, 8)}`;
  let answers: Answers | undefined;
  const asked = await checked("live", async () => {
    const { seen, ...all } = await answersOf(access, { ...options, prefix }, signal);
    answers = all.answers;
    if (seen.earlier)
      return warn(
        "Domo returned an earlier export, and nothing was exported",
        "load new data into the dataset, or choose one that was not exported since its last load",
      );
    return seen.first ? ok("ten rows were exported") : fail("no export was delivered", "see the answers below");
  });
  const removal = await checked("what was written", async () => {
    const { objects } = await aws.list(place, `${prefix}/`);
    if (objects.length === 0) return ok("nothing lies below the prefix");
    const where = `${count(objects.length, "object")} below s3://${place.bucket}/${prefix}/`;
    try {
      await aws.remove(
        place,
        objects.map(({ key }) => key),
      );
      return ok(`${where} removed`);
    } catch (error) {
      return warn(
        `${where} can't be removed: ${failure(error).text}`,
        "remove them yourself: they hold rows of the dataset",
      );
    }
  });
  return { checks: [asked, removal], answers };
}

async function answersOf(
  { services, raw }: DomoAccess,
  options: DoctorOptions & { readonly dataset: string; readonly place: S3Place; readonly prefix: string },
  signal: AbortSignal,
): Promise<{ answers: Answers; seen: Seen }> {
  const { dataset, place, prefix } = options;
  const running = activeExport(await services.domo.listExports(dataset));
  if (running)
    throw new PreflightError("an export of the dataset is running", {
      advice: "run doctor --live again when it has ended",
    });
  const columns: DomoColumns = await services.domo.columns(dataset);
  const { order, plan } = await probeOrder(services, { options, place, keyPrefix: prefix });
  const { credentials } = await writeCredentials(order, plan, services.clock.now() + SESSION_MS);
  const exported = columns.slice(0, MOST_COLUMNS).map(({ name }) => name);
  const seen = await runExports({ raw, order, plan, credentials, signal, prefix, columns: exported });
  const facts = await raw.get(paths.dataset(dataset), "read the dataset");
  const bulk = await raw.post(paths.bulk, "read the datasets", [dataset]);
  const unknown = await raw.post(paths.bulk, "read the datasets", [dataset, randomUUID()]);
  const { sessionTokenField } = services.settings;
  const answers = {
    ...exportAnswers(seen, { bucket: place.bucket, kmsKey: options.kmsKey, exported, sessionTokenField }),
    ...readAnswers({ dataset, facts: facts.kind === "refused" ? undefined : facts.value, bulk, unknown }),
    ...(await countConstructs(raw, { dataset, columns, audience: await audienceOf(services, dataset) })),
  };
  return { seen, answers: { ...answers, rate: rateAnswer(raw.limited()) } };
}

async function audienceOf({ domo }: Services, dataset: string): Promise<CountAudience> {
  const facts = await domo.dataset(dataset);
  const { rowCount } = facts;
  try {
    const { rows } = await userAudience(domo, facts);
    return { rows, rowCount };
  } catch (error) {
    if (!arePoliciesHidden(error)) throw error;
    return { rows: "unknown", rowCount };
  }
}
