// node lint.mjs OPENAPI ASYNCAPI: prints what is wrong, one finding a line, and ends with 1 where there is any.
import asyncapi from "@asyncapi/parser";
import { createConfig, lint } from "@redocly/openapi-core";

const [openApi, asyncApi] = process.argv.slice(2);
const findings = [];

const config = await createConfig({
  extends: ["recommended"],
  rules: {
    // The project states no license, and the page at "/" has no mistake of its own to answer.
    "info-license": "off",
    "operation-4xx-response": "off",
    // The ids in /webhooks/{id} begin with ep_: `deliveries` is none, but the rule looks at no pattern.
    "no-ambiguous-paths": "off",
    "no-invalid-media-type-examples": { severity: "error", allowAdditionalProperties: true },
    "no-invalid-schema-examples": "error",
    "no-invalid-parameter-examples": "error",
  },
});
for (const file of [openApi, asyncApi]) {
  for (const problem of await lint({ ref: file, config })) {
    findings.push(`${file} ${problem.ruleId} at ${problem.location[0].pointer}: ${problem.message}`);
  }
}

const { diagnostics } = await asyncapi.fromFile(new asyncapi.Parser(), asyncApi).parse();
for (const problem of diagnostics.filter((each) => each.code !== "asyncapi-latest-version")) {
  findings.push(`${asyncApi} ${problem.code} at ${problem.path.join("/")}: ${problem.message}`);
}

findings.forEach((finding) => console.log(finding));
process.exitCode = findings.length > 0 ? 1 : 0;
