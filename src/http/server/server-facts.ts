import type { Awaitable } from '../../lib/awaitable.ts';
import type { DoctorReport, VersionReport } from '../../protocol/admin-bodies.ts';

/** What the server knows of itself, for admins [AD1]. */
export interface ServerFacts {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  version(): VersionReport;
  /** What `parley doctor` found the last time; null if it hasn't run. */
  doctor(): Awaitable<DoctorReport | null>;
}
