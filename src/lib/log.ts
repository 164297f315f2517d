export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

type Fields = Readonly<Record<string, unknown>>;

/** Writes one JSON object per line: `{time, level, message, …fields}`. Fields never hold tokens or passwords. */
export interface Log {
  /** Whether `debug` writes anything: where even its fields would cost too much, ask first. */
  readonly isDebug?: boolean;
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

interface LogDeps {
  level: LogLevel;
  now: () => number;
  write: (line: string) => void;
}

export function createLog({ level, now, write }: LogDeps): Log {
  const floor = LOG_LEVELS.indexOf(level);
  const at =
    (name: LogLevel) =>
    (message: string, fields: Fields = {}): void => {
      if (LOG_LEVELS.indexOf(name) < floor) return;
      write(
        `${JSON.stringify({ time: new Date(now()).toISOString(), level: name, message, ...plain(fields) })}\n`,
      );
    };
  return {
    isDebug: floor <= LOG_LEVELS.indexOf('debug'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}

export const silentLog: Log = createLog({ level: 'silent', now: () => 0, write: () => {} });

/** Errors have no enumerable properties: JSON would show `{}`. */
function plain(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, describe(value)]));
}

function describe(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { name: value.name, message: value.message, stack: value.stack, ...causeOf(value) };
}

function causeOf(error: Error): { cause?: unknown } {
  return error.cause === undefined ? {} : { cause: describe(error.cause) };
}
