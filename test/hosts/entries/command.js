/** Node, Deno and Bun: prints the digests of the modules in this file's folder as JSON. */
import { readFile } from "node:fs/promises";
import { digests } from "./work.js";

const read = (file) => readFile(new URL(file, import.meta.url));
console.log(JSON.stringify(await digests(JSON.parse(await read("cases.json")), read)));
