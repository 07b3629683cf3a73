/** How likely each digit is, as ten bars and a sentence. */

export interface Bars {
  /** Shares of ten digits, or nothing where nothing is drawn. */
  show(shares: readonly number[] | undefined): void;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

export function openBars(list: HTMLElement, verdict: HTMLElement): Bars {
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const row = document.createElement("li");
    const [name, meter, value] = [
      document.createElement("span"),
      document.createElement("meter"),
      document.createElement("span"),
    ];
    name.textContent = String(digit);
    meter.setAttribute("aria-label", `${digit}`);
    row.append(name, meter, value);
    list.append(row);
    return { row, meter, value };
  });
  return {
    show(shares) {
      const best = shares ? shares.indexOf(Math.max(...shares)) : -1;
      rows.forEach(({ row, meter, value }, digit) => {
        meter.value = shares?.[digit] ?? 0;
        value.textContent = shares ? percent(shares[digit]!) : "";
        row.classList.toggle("likeliest", digit === best);
      });
      const sentence = shares
        ? `${shares[best]! > 0.6 ? "It is a" : "Perhaps a"} ${best}`
        : "Draw with the mouse, a finger or the keyboard.";
      // A live region speaks whenever it is written to.
      if (verdict.textContent !== sentence) verdict.textContent = sentence;
    },
  };
}
