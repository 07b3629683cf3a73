/** Where a run was measured. Runs of the same processor and Node version replace each other. */
import { cpus, loadavg } from "node:os";

export const describeHost = () => ({
  cpu: cpus()[0].model.trim(),
  cores: cpus().length,
  os: process.platform,
  arch: process.arch,
  node: process.versions.node,
  v8: process.versions.v8,
  /** Of the last minute, before the run: above about 1, other work disturbed it. */
  load: loadavg()[0],
  date: new Date().toISOString().slice(0, 10),
});

export const hostKey = ({ cpu, os, node }) => `${cpu}, ${os}, Node ${node}`;
