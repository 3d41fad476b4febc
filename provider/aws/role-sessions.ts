import type { AssumeRoleCommandInput } from "@aws-sdk/client-sts";
import type { Aws, AwsCredentials } from "./clients";
import type { Clock } from "../host/clock";

/** The sessions of roles that one process has opened. They only ever live in memory. */
export interface RoleSessions {
  /**
   * Credentials of a session as `request` describes it, which last until a time in milliseconds of the clock, or as long
   * as such a session can. An earlier session of the same request is used again while it lives that long.
   */
  open(request: AssumeRoleCommandInput, until: number): Promise<AwsCredentials>;
  /** Forgets the session that has these credentials, as one that does not do what it was opened for. */
  forget(credentials: AwsCredentials): void;
}

/** Opens sessions with `aws`. */
export function createRoleSessions(aws: Pick<Aws, "assumeRole">, clock: Clock): RoleSessions {
  const opened = new Map<string, { credentials: AwsCredentials; endsAt: number }>();
  return {
    async open(request, until) {
      const key = JSON.stringify(request);
      const known = opened.get(key);
      if (known && known.endsAt >= until) return known.credentials;
      for (const [other, { endsAt }] of opened) if (endsAt <= clock.now()) opened.delete(other);
      const endsAt = clock.now() + (request.DurationSeconds ?? 0) * 1000;
      const credentials = await aws.assumeRole(request);
      opened.set(key, { credentials, endsAt });
      return credentials;
    },
    forget(credentials) {
      for (const [key, session] of opened) if (session.credentials === credentials) opened.delete(key);
    },
  };
}
