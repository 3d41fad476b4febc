"""Runs a Pulumi program in this process: python-exec.py <program> <settings as JSON>. See python-host.ts."""

import asyncio
import json
import os
import runpy
import sys
import traceback

import pulumi
import pulumi.runtime

ERROR_ALREADY_SHOWN = 32


def main(program: str, settings: dict) -> int:
    config = json.loads(os.environ["PULUMI_CONFIG"])
    pulumi.runtime.set_all_config(config, json.loads(os.environ["PULUMI_CONFIG_SECRET_KEYS"]))
    pulumi.runtime.configure(pulumi.runtime.Settings(**settings))
    sys.argv = [program]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: runpy.run_path(program, run_name="__main__")))
        return 0
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
    except Exception:
        pulumi.log.error(traceback.format_exc())
    return ERROR_ALREADY_SHOWN


if __name__ == "__main__":
    code = main(sys.argv[1], json.loads(sys.argv[2]))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
