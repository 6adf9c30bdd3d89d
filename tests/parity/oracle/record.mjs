// SPDX-License-Identifier: MIT
// tests/parity/oracle/record.mjs: runs `oracle.py record` under the CPython 3.14 that is in Pyodide.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, folder] = process.argv.slice(2);
const found = createRequire(pathToFileURL(modules + "/")).resolve("pyodide/pyodide.mjs");
const { loadPyodide } = await import(pathToFileURL(found));
const python = await loadPyodide();
python.mountNodeFS("/oracle", folder);
try {
    console.log(python.runPython(`
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, "/oracle")
import oracle
oracle.main(["record"])
sys.version
`));
} catch (error) {
    console.error(error.message);
    process.exit(1);
}
