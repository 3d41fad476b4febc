/*
 * Stands in for `pulumi-language-python`, the executable by which the engine runs Python programs, and by which
 * `pulumi package add` generates SDKs. Used only where the official one can't be had (see `languages-install.ts`).
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as language from "@pulumi/pulumi/proto/language_pb.js";
import { configEnvironment, endOf, engineAddress, programInfo, serveLanguage, unary } from "./language-server";
import { projectRoot } from "./paths";
import { runChecked } from "./process";

/** `python-exec.py` ends with this after it has shown the program's error itself. */
const errorAlreadyShown = 32;
/** Folder of a program in which its generated SDKs are installed. */
const installed = "sdks/installed";
const { LOCAL_PYTHON: python = "python3", LOCAL_SDKGEN: sdkgen = "sdkgen" } = process.env;

function run(request: language.RunRequest): Promise<language.RunResponse> {
  const info = programInfo(request);
  const settings = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    parallel: request.getParallel(),
    dry_run: request.getDryrun(),
  };
  const folder = info.getProgramDirectory();
  const program = join(folder, info.getEntryPoint());
  const child = spawn(python, [join(projectRoot, "local/python-exec.py"), program, JSON.stringify(settings)], {
    cwd: request.getPwd() || folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...configEnvironment(request), PYTHONPATH: join(folder, installed) },
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("close", () => process.off("exit", kill));
  return endOf(child, errorAlreadyShown);
}

async function generatePackage(request: language.GeneratePackageRequest): Promise<language.GeneratePackageResponse> {
  const folder = mkdtempSync(join(tmpdir(), "schema-"));
  const file = join(folder, "schema.json");
  writeFileSync(file, request.getSchema());
  await runChecked(sdkgen, ["python", file, request.getDirectory()]).finally(() => rmSync(folder, { recursive: true }));
  return new language.GeneratePackageResponse();
}

/** Installs generated SDKs, into a folder of the program and not into the environment that all local programs share. */
async function link(request: language.LinkRequest): Promise<language.LinkResponse> {
  const folder = request.getInfo()?.getProgramDirectory() ?? "";
  const paths = request.getPackagesList().map((dependency) => join(folder, dependency.getPath()));
  const options = ["--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"];
  await runChecked(python, ["-m", "pip", "install", ...options, "--target", join(folder, installed), ...paths]);
  return new language.LinkResponse();
}

serveLanguage("0.0.0", { run: unary(run), generatePackage: unary(generatePackage), link: unary(link) });
