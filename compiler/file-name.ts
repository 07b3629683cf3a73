/**
 * Names of files that are written: one part of a path, on every system, and safe in the URL that a loader asks for.
 *
 *   fileNameFault("../digits")   ->   "a name without / and \\"
 */

/** What was expected instead; undefined for a name that is one. */
export function fileNameFault(name: string): string | undefined {
  if (name.trim() === "") return "a name";
  if (/[/\\]/.test(name)) return "a name without / and \\: --out-dir says where";
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(name)) return "a name without control characters";
  if (/[<>:"|?*#%]/.test(name)) return 'a name without < > : " | ? * # %';
  if (/^\.+$|[. ]$|^ /.test(name)) return "a name that neither is dots nor ends in one or in a blank";
  if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name)) return "a name that Windows does not keep for a device";
  return Buffer.byteLength(name) > longest ? `at most ${longest} bytes` : undefined;
}

/** File systems take 255; the rest is for .infer.relaxed.wasm.4194304.partial. */
const longest = 200;
