/** Durations as they are written in specs and flags. */
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration such as `30s`, `10m` or `1h30m`; NaN for anything else. */
export function parseDuration(text: string): number {
  if (!/^([0-9]{1,5}(s|m|h))+$/.test(text)) return Number.NaN;
  return [...text.matchAll(/([0-9]+)([smh])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ""] ?? 0),
    0,
  );
}
