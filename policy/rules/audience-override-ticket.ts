import { knownText } from "../plain";
import { type ExportRule, flag, quoted } from "../rule";

/** Who overrides a check of the bucket's audience names the ticket in which that was decided. */
export const audienceOverrideTicket: ExportRule<{ pattern: string; allowPreflightWarn: boolean }> = {
  name: "audience-override-ticket",
  description: "An override of the audience check names a ticket.",
  enforcementLevel: "mandatory",
  severity: "high",
  parameters: {
    pattern: {
      type: "string",
      format: "regex",
      description: "Regular expression that some part of acceptBucketAudience must match.",
      default: String.raw`\b[A-Z][A-Z0-9]+-\d+\b`,
    },
    allowPreflightWarn: flag('Whether preflight: "warn" is accepted, which has no place for a ticket.', false),
  },
  check: ({ inputs }, { pattern, allowPreflightWarn }) => {
    const reason = knownText(inputs.acceptBucketAudience);
    return [
      ...(reason === undefined || new RegExp(pattern, "u").test(reason)
        ? []
        : [
            `acceptBucketAudience ${quoted(reason)} names no ticket that matches "${pattern}"; add the ticket in which this audience was decided`,
          ]),
      ...(inputs.preflight !== "warn" || allowPreflightWarn
        ? []
        : [
            'preflight is "warn", so that a bucket whose settings can\'t be read is accepted without a ticket; grant the caller the missing actions and remove it',
          ]),
    ];
  },
};
