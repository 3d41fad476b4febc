import * as pulumi from "@pulumi/pulumi";
import type { PlannedArgs } from "./plan";

/** The least that a dynamic resource can be: the same inputs, and nothing done with them. */
export class Floor extends pulumi.dynamic.Resource {
  constructor(name: string, args: PlannedArgs) {
    super(provider, name, { ...args }, undefined, "bench", "Floor");
  }
}

const provider: pulumi.dynamic.ResourceProvider = {
  create: (inputs: object) => Promise.resolve({ id: "floor", outs: inputs }),
};
