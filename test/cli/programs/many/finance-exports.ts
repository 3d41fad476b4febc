import * as pulumi from "@pulumi/pulumi";
import { DomoS3Export, select } from "pulumi-domo-s3-export";

export class FinanceExports extends pulumi.ComponentResource {
  constructor(name: string, target: { bucket: string; roleArn: string }) {
    super("acme:finance:Exports", name);
    const dataset = "9d3a51c2-8f0e-4a77-b0b3-2f5c1e6d4a18";
    const args = { ...target, dataset, query: select("Month", "Amount"), path: `domo/${name}/ledger` };
    new DomoS3Export("ledger", args, { parent: this });
    this.registerOutputs();
  }
}
