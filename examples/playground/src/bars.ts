/** How likely each digit is, as ten bars and a sentence. */

export interface Bars {
  /** Shares of ten digits, or nothing where nothing is drawn. */
  show(shares: readonly number[] | undefined): void;
}

/** "an 8", "a 3" */
export const named = (digit: number): string => `${digit === 8 ? "an" : "a"} ${digit}`;

/** Of a phone, nobody asks for a mouse. */
const INVITATION = matchMedia("(pointer: coarse)").matches ? "Draw with a finger." : "Draw with mouse, finger or keys.";

const percent = (share: number): string => `${Math.round(100 * share)} %`;

export function openBars(list: HTMLElement, verdict: HTMLElement): Bars {
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const row = document.createElement("li");
    const [name, bar, value] = ["span", "div", "span"].map((tag) => document.createElement(tag));
    const filled = document.createElement("div");
    name!.textContent = String(digit);
    bar!.className = "bar";
    bar!.append(filled);
    row.append(name!, bar!, value!);
    list.append(row);
    return { row, filled, value: value! };
  });
  return {
    show(shares) {
      const best = shares ? shares.indexOf(Math.max(...shares)) : -1;
      rows.forEach(({ row, filled, value }, digit) => {
        filled.style.width = `${100 * (shares?.[digit] ?? 0)}%`;
        value.textContent = shares ? percent(shares[digit]!) : "";
        row.classList.toggle("likeliest", digit === best);
      });
      const sentence = shares ? `${shares[best]! > 0.6 ? "It is" : "Perhaps"} ${named(best)}` : INVITATION;
      // A live region speaks whenever it is written to.
      if (verdict.textContent !== sentence) verdict.textContent = sentence;
    },
  };
}
