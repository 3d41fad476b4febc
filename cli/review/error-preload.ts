/*
 * Loaded first into the process of a program. Node 20.20 never returns from `util.inspect(error, {colors:
 * true})` when a stack frame lies in a folder such as `node_modules/@pulumi/resource.ts`, and @pulumi/pulumi's source
 * maps make such frames: a program that throws would hang instead of showing its error. Without colours it returns.
 */
import util from "node:util";

util.inspect = new Proxy(util.inspect, {
  apply(inspect, self, [value, options, ...rest]: [unknown, unknown, ...unknown[]]) {
    const colorless = value instanceof Error && typeof options === "object" ? { ...options, colors: false } : options;
    return Reflect.apply(inspect, self, [value, colorless, ...rest]) as string;
  },
});
