import { PolicyPack } from "@pulumi/policy";
import { policies } from "./pack";

new PolicyPack("domo-s3-export", { policies });
