/** Texts of a message's time: `clock` on each, `day` above the first of a day. */
export interface MessageTimes {
  clock(iso: string): string;
  day(iso: string): string;
}

export function timesIn(lang: string): MessageTimes {
  const clock = new Intl.DateTimeFormat(lang, { hour: 'numeric', minute: '2-digit' });
  const day = new Intl.DateTimeFormat(lang, { weekday: 'long', day: 'numeric', month: 'long' });
  return {
    clock: (iso) => clock.format(new Date(iso)),
    day: (iso) => day.format(new Date(iso)),
  };
}

/** Milliseconds within which messages of one author share a heading. */
const TOGETHER_MS = 5 * 60_000;

interface Dated {
  readonly createdAt: string;
  readonly userId: string | null;
  readonly name: string;
}

export function isSameDay(a: Dated, b: Dated): boolean {
  return new Date(a.createdAt).toDateString() === new Date(b.createdAt).toDateString();
}

/** Whether `line` continues what `before` began, so that name and time needn't be repeated. */
export function continues(before: Dated | undefined, line: Dated): boolean {
  return (
    before !== undefined &&
    before.userId === line.userId &&
    before.name === line.name &&
    isSameDay(before, line) &&
    Date.parse(line.createdAt) - Date.parse(before.createdAt) < TOGETHER_MS
  );
}
