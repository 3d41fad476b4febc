import { type EmulatorControl, controlMethods } from "./control";

/** The control of an emulator in another process: the same methods, over HTTP. */
export type EmulatorControlClient = EmulatorControl;

/** A control call was refused. */
class ControlCallError extends Error {
  override readonly name = "ControlCallError";
  constructor(
    readonly method: string,
    readonly status: number,
    reason: string,
  ) {
    super(`Control of the emulator, ${method}: ${status} ${reason}`);
  }
}

/** Makes the control of the emulator at a URL. */
export function emulatorControlClient(url: string): EmulatorControlClient {
  const call = async (method: string, argument: unknown): Promise<unknown> => {
    const answer = await fetch(new URL(`/_emulator/${method}`, url), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(argument ?? null),
    });
    const result: unknown = await answer.json();
    if (answer.ok) return result;
    throw new ControlCallError(method, answer.status, (result as { error: string }).error);
  };
  const methods = controlMethods.map((method) => [method, (argument: unknown) => call(method, argument)]);
  return Object.fromEntries(methods) as EmulatorControlClient;
}
