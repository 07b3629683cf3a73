/** The chart: for each case, how many times as fast as each rival Nabla is, on a logarithmic axis; 1 is level. */
import { caseName } from "./targets.mjs";

/** The ECharts option for one run. */
export function chartOption({ host, rows }) {
  const cases = [...new Set(rows.map(caseName))];
  const peers = [...new Set(rows.map(({ peer }) => peer))].filter((peer) => peer !== "nabla");
  const timeOf = (peer, name) => rows.find((row) => row.peer === peer && caseName(row) === name)?.microseconds;
  return {
    title: {
      text: "How many times as fast as each peer Nabla is",
      subtext: `${host.cpu}, Node ${host.node}`,
      left: "center",
    },
    legend: { data: peers, bottom: 0 },
    grid: { left: 60, right: 20, top: 70, bottom: 130 },
    xAxis: { type: "category", data: cases, axisLabel: { rotate: 35 } },
    yAxis: { type: "log", name: "times", nameLocation: "end" },
    series: peers.map((peer) => ({
      name: peer,
      type: "bar",
      data: cases.map((name) => ratio(timeOf(peer, name), timeOf("nabla", name))),
    })),
  };
}

const ratio = (theirs, ours) => (theirs === undefined ? "-" : Number((theirs / ours).toPrecision(3)));
