import { knownText } from "../plain";
import { type ExportRule, flag, quoted } from "../rule";

const TICKET = String.raw`\b[A-Z][A-Z0-9]+-\d+\b`;

/** What has the form of a ticket and is none: standards, encodings, quarters, years. Not asked with a pattern of one's own. */
const NO_TICKET = new RegExp(
  `^(?:${[
    ...["AES", "BASE", "CP", "CRC", "DES", "HMAC", "HTTP", "LATIN", "MD", "RSA", "SHA", "SSL", "TLS", "UCS", "UTF"],
    ...["WINDOWS", "CVE", "DIN", "EN", "FIPS", "IEC", "IEEE", "ISO\\d*", "NIST", "PCI", "RFC", "SOC", "COV", "COVID"],
    ...["GMT", "UTC", "CW", "KW", "CY\\d*", "FY\\d*", "H[12]", "Q[1-4]"],
  ].join("|")})-`,
);

/** Anyone who overrides a check of the bucket's audience names the ticket in which that was decided. */
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
      default: TICKET,
    },
    allowPreflightWarn: flag('Whether preflight: "warn" is accepted, which has no place for a ticket.', false),
  },
  check: ({ inputs }, { pattern, allowPreflightWarn }) => {
    const reason = knownText(inputs.acceptBucketAudience);
    return [
      ...(reason === undefined || namesTicket(reason, pattern)
        ? []
        : [
            `acceptBucketAudience ${quoted(reason)} names no ticket that matches "${pattern}" — add the ticket in which this audience was decided`,
          ]),
      ...(inputs.preflight !== "warn" || allowPreflightWarn
        ? []
        : [
            'preflight is "warn", so that a bucket whose settings can\'t be read is accepted without a ticket — grant the caller the missing actions and remove it',
          ]),
    ];
  },
};

function namesTicket(reason: string, pattern: string): boolean {
  const matches = reason.match(new RegExp(pattern, "gu")) ?? [];
  return matches.some((match) => pattern !== TICKET || !NO_TICKET.test(match));
}
