/**
 * The same bits in every host: outputs of each example's network, and what 200 training steps make of nine networks, in f32
 * and f64, against one file of digests. `npm install --prefix test/hosts` installs the hosts that are packages; Chromium and
 * Firefox are Debian's. Hosts that are not there are named and skipped.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeFolder } from "./build.ts";
import { chromium, firefox } from "./hosts/browsers.ts";
import { bun, currentNode, deno, node } from "./hosts/commands.ts";
import { isThere } from "./hosts/host.ts";
import { workerd } from "./hosts/workerd.ts";
import type { Digests } from "./work.ts";

const hosts = [currentNode, deno, bun, workerd, chromium, firefox];

describe("digests", () => {
  const folder = mkdtempSync(join(tmpdir(), "nabla-hosts-"));
  let expected: Digests;
  beforeAll(async () => {
    await writeFolder(folder);
    expected = await node.digests(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("are those on file", async () => {
    await expect(`${JSON.stringify(expected, null, 2)}\n`).toMatchFileSnapshot("digests.json");
  });

  for (const host of hosts)
    test.skipIf(!isThere(host))(`${host.name} computes the same`, async () => {
      expect(await host.digests(folder)).toEqual(expected);
    });
});
