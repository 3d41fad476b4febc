import { DomoExportError } from "../errors";

/** The settings that decide which host receives the token, from one source. */
export interface DomoAddress {
  /** `acme`, `acme.domo.com` or `https://acme.domo.com`. */
  readonly instance?: string;
  /** Overrides the instance of the same source with any https origin, or any origin on loopback. */
  readonly baseUrl?: string;
}

/** An instance or base URL that does not name one trustworthy host. */
export class DomoAddressError extends DomoExportError {
  override readonly name = "DomoAddressError";
  constructor(
    /** The setting at fault. */
    readonly setting: "domo:instance" | "domo:baseUrl",
    message: string,
  ) {
    super(message);
  }
}

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const bareName = new RegExp(`^${label}$`, "i");
const domoHost = new RegExp(`^(?:${label}\\.)+domo\\.com$`, "i");
const origin = new RegExp(`^(https?)://(${label}(?:\\.${label})*|\\[[0-9a-f:]+\\])(?::[1-9][0-9]{0,4})?/?$`, "i");

/**
 * Origin of the Domo instance, such as `https://acme.domo.com`, the only host that is ever sent the token. Throws
 * {@link DomoAddressError}.
 *
 * The environment wins. A base URL of the stack that leads elsewhere than an instance of the environment is a fault and
 * not ignored: one line of a pull request would send the token to a host that the pipeline does not name.
 *
 * The text is held against a form of its own before it comes near a URL parser, as parsers forgive: they drop tabs, read
 * `\` as `/`, fold look-alike letters, and take `0x7f.1` for an address.
 */
export function domoOrigin({ environment, stack }: { environment: DomoAddress; stack: DomoAddress }): string {
  if (environment.baseUrl) return baseOrigin(environment.baseUrl);
  if (environment.instance) {
    const origin = instanceOrigin(environment.instance);
    if (stack.baseUrl && baseOrigin(stack.baseUrl) !== origin) throw disagreement(environment.instance, stack.baseUrl);
    return origin;
  }
  if (stack.baseUrl) return baseOrigin(stack.baseUrl);
  if (stack.instance) return instanceOrigin(stack.instance);
  throw new DomoAddressError(
    "domo:instance",
    'no Domo instance is set; run "pulumi config set domo:instance acme", or set DOMO_INSTANCE=acme',
  );
}

function disagreement(instance: string, baseUrl: string): DomoAddressError {
  return new DomoAddressError(
    "domo:baseUrl",
    `domo:baseUrl ${shown(baseUrl)} of the stack and DOMO_INSTANCE ${shown(instance)} of the environment are different hosts, ` +
      "and the token is sent to one only; remove one of the two, or set DOMO_BASE_URL, which wins over both",
  );
}

function baseOrigin(text: string): string {
  const refuse = (problem: string) =>
    new DomoAddressError(
      "domo:baseUrl",
      `domo:baseUrl (DOMO_BASE_URL) ${shown(text)} ${problem}; give a plain origin such as "https://acme.domo.com", or leave it out and set domo:instance`,
    );
  const [, scheme, host] = origin.exec(text) ?? [];
  if (scheme === undefined || host === undefined) throw refuse("is not an origin: scheme, host and port, nothing else");
  // A host that the parser spells differently is an address in disguise.
  const url = parse(text);
  if (url?.hostname !== host.toLowerCase()) throw refuse("does not spell its host or port in the usual way");
  if (url.protocol === "http:" && !isLoopback(url.hostname))
    throw refuse("would send the token unencrypted, as http is for loopback addresses only");
  return url.origin;
}

function instanceOrigin(text: string): string {
  const host = (
    bareName.test(text) ? `${text}.domo.com` : text.replace(/^https:\/\//i, "").replace(/\/$/, "")
  ).toLowerCase();
  if (domoHost.test(host) && parse(`https://${host}`)?.hostname === host) return `https://${host}`;
  throw new DomoAddressError(
    "domo:instance",
    `domo:instance (DOMO_INSTANCE) ${shown(text)} is not a Domo instance; give "acme", "acme.domo.com" or "https://acme.domo.com" (any other host has to be set as domo:baseUrl)`,
  );
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** `127.0.0.0/8`, `::1` and `localhost`, of a host as a URL spells it. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** The value of a setting in quotes, unless it may hold a password or is a token in the wrong place. */
export function shown(text: string): string {
  return /@|[a-z0-9]{32}/i.test(text) ? "(not shown, it may hold a secret)" : JSON.stringify(text);
}
