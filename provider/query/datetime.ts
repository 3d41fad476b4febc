import { quoted } from "./literal";

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
const CANONICAL = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** A date read from a text, in the form that Domo takes, or the reason why it is none. */
export type ParsedDateTime = { ok: true; value: string } | { ok: false; reason: string };

/**
 * Reads a date or a time as ISO 8601 writes it and gives it the form that Domo takes, `YYYY-MM-DD HH:mm:ss`. A zone is
 * converted to UTC, a text without one is kept as it is, a date alone means its midnight.
 */
export function parseDateTime(text: string): ParsedDateTime {
  const match = ISO.exec(text.trim());
  if (!match) return refuse(text, "is not a date; write YYYY-MM-DD or YYYY-MM-DD HH:mm:ss");
  const [year, month, day, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => (part ? Number(part) : undefined));
  if (!isCalendarDate(year!, month!, day!)) return refuse(text, "is not a day of the calendar");
  if (hour > 23 || minute > 59 || second > 59) return refuse(text, "has no valid time of day (00:00:00 to 23:59:59)");
  if (/[1-9]/.test(match[7] ?? "")) {
    return refuse(text, "has fractions of a second, which Domo's form of a date can't hold; round it to a second");
  }
  const local = new Date(0);
  local.setUTCFullYear(year!, month! - 1, day);
  local.setUTCHours(hour, minute, second);
  return fromDate(new Date(local.getTime() - zoneMinutes(match[8]) * 60_000), text);
}

/** A JavaScript date in the form that Domo takes, in UTC. */
export function fromDate(date: Date, text: string = String(date)): ParsedDateTime {
  if (Number.isNaN(date.getTime())) return refuse(text, "is not a date");
  if (date.getUTCFullYear() < 1 || date.getUTCFullYear() > 9999)
    return refuse(text, "lies outside the years 0001 to 9999");
  if (date.getUTCMilliseconds() !== 0) return refuse(text, "has fractions of a second; round it to a second");
  return { ok: true, value: date.toISOString().slice(0, 19).replace("T", " ") };
}

/** Tells whether a text is exactly a date in the form that Domo takes. */
export function isDateTime(text: string): boolean {
  return CANONICAL.test(text) && parseDateTime(text).ok;
}

function refuse(text: string, reason: string): ParsedDateTime {
  return { ok: false, reason: `${quoted(text)} ${reason}` };
}

function isCalendarDate(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
  return day >= 1 && day <= days;
}

function zoneMinutes(zone: string | undefined): number {
  if (!zone || zone.toUpperCase() === "Z") return 0;
  const sign = zone.startsWith("-") ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", "") || 0));
}
