import * as pulumi from "@pulumi/pulumi";
import type { PlannedArgs } from "./plan";

/** What the textbook's provider is given. */
export interface TextbookInputs {
  readonly dataset: string;
  readonly query: unknown;
  readonly bucket: string;
  readonly path: string;
}

/** Where to export and as whom; captured by the provider's closure, as tutorials do. */
export interface TextbookSettings {
  readonly url: string;
  readonly token: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  /** Seconds between two looks; tutorials say 5. */
  readonly pollSeconds: number;
}

interface Answer {
  readonly exportId: string;
  readonly exportStatus: string;
}

/** The same job as tutorials write it: POST, look every five seconds, believe what Domo says. */
export function textbookProvider(settings: TextbookSettings) {
  const { url, token, accessKeyId, secretAccessKey, region, pollSeconds } = settings;
  return {
    async create(inputs: TextbookInputs) {
      const address = `${url}/api/query/v1/export/${inputs.dataset}`;
      const headers = { "X-DOMO-Developer-Token": token, "Content-Type": "application/json" };
      const body = JSON.stringify({
        awsAccessKey: accessKeyId,
        awsAccessSecret: secretAccessKey,
        bucket: inputs.bucket,
        path: inputs.path,
        region,
        queryRequest: { includeBOM: false, useCache: false, query: inputs.query },
        source: "textbook",
      });
      const posted = await fetch(address, { method: "POST", headers, body });
      if (!posted.ok) throw new Error(`${posted.status} ${await posted.text()}`);
      const { exportId } = (await posted.json()) as Answer;
      for (;;) {
        const listed = (await (await fetch(address, { headers })).json()) as Answer[];
        const status = listed.find((entry) => entry.exportId === exportId)?.exportStatus;
        if (status === "success") return { id: exportId, outs: { ...inputs, exportId, status } };
        if (status === "error") throw new Error(`Export ${exportId} failed`);
        await new Promise((resolve) => setTimeout(resolve, pollSeconds * 1000));
      }
    },
    async read(id: string, props: TextbookInputs) {
      const headers = { "X-DOMO-Developer-Token": token };
      const answer = await fetch(`${url}/api/query/v1/export/${props.dataset}`, { headers });
      const found = ((await answer.json()) as Answer[]).find((entry) => entry.exportId === id);
      return found ? { id, props: { ...props, status: found.exportStatus } } : { id: "" };
    },
  };
}

/** The textbook's resource. */
export class TextbookExport extends pulumi.dynamic.Resource {
  constructor(name: string, args: PlannedArgs) {
    const settings = JSON.parse(process.env.BENCH_TEXTBOOK ?? "") as TextbookSettings;
    const query = JSON.parse(process.env.BENCH_TEXTBOOK_QUERY ?? "{}") as object;
    super(textbookProvider(settings), name, { ...args, query }, undefined, "bench", "Textbook");
  }
}
