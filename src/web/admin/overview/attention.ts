import type { ServerStatus } from '../../../client/admin.ts';
import type { AdminMessages } from '../../i18n/admin-messages.ts';
import { daysUntil } from '../times.ts';

/** Days of a certificate's life below which it needs attention. */
const FEW_DAYS = 7;

/** Something about the server that an admin should look at. */
export interface Concern {
  readonly id: string;
  /** `danger`: something doesn't work. `warn`: it may not for long. */
  readonly tone: 'danger' | 'warn';
  readonly title: string;
  /** What to do. */
  readonly text: string;
  /** Whether the text is the server's, which speaks English. */
  readonly english?: boolean;
}

/** Returns what needs attention, the worst first. @param now milliseconds since 1970 */
export function concernsOf(status: ServerStatus, now: number, t: AdminMessages): readonly Concern[] {
  const found = [
    ...certificateConcerns(status, now, t),
    ...relayConcerns(status, t),
    ...doctorConcerns(status, t),
    ...backupConcerns(status, t),
  ];
  return [...found.filter(({ tone }) => tone === 'danger'), ...found.filter(({ tone }) => tone === 'warn')];
}

function certificateConcerns(
  { certificate }: ServerStatus,
  now: number,
  { overview }: AdminMessages,
): Concern[] {
  const { kind, expiresAt, lastError } = certificate;
  if (kind === 'none') return [];
  if (kind === 'self_signed') {
    const why = lastError === null ? { text: overview.selfSignedText } : { text: lastError, english: true };
    return [{ id: 'certificate', tone: 'danger', title: overview.selfSigned, ...why }];
  }
  const days = expiresAt === null ? null : daysUntil(expiresAt, now);
  if (days !== null && days < 0)
    return [{ id: 'certificate', tone: 'danger', title: overview.expired, text: overview.expiredText }];
  if (days !== null && days < FEW_DAYS) {
    const title = overview.expiring(days);
    return [{ id: 'certificate', tone: 'warn', title, text: overview.expiringText }];
  }
  return lastError === null
    ? []
    : [
        {
          id: 'certificate',
          tone: 'warn',
          title: overview.certificateFailed,
          text: lastError,
          english: true,
        },
      ];
}

function relayConcerns({ relay }: ServerStatus, { overview }: AdminMessages): Concern[] {
  if (relay.status !== 'degraded') return [];
  const text = relay.problems.map(({ message }) => message).join(' ');
  return [{ id: 'relay', tone: 'danger', title: overview.relayDegraded, text, english: true }];
}

function doctorConcerns({ doctor }: ServerStatus, { overview }: AdminMessages): Concern[] {
  if (doctor === null || doctor.status === 'ok') return [];
  const { status } = doctor;
  const text = doctor.lines
    .filter((line) => line.status === status)
    .map(({ result, todo }) => todo || result)
    .join(' ');
  const failed = status === 'fail';
  return [
    {
      id: 'doctor',
      tone: failed ? 'danger' : 'warn',
      title: failed ? overview.doctorFailed : overview.doctorWarned,
      text,
      english: true,
    },
  ];
}

function backupConcerns({ backup }: ServerStatus, { overview }: AdminMessages): Concern[] {
  const { lastAt, nextAt, lastError } = backup;
  if (lastError !== null)
    return [{ id: 'backup', tone: 'danger', title: overview.backupFailed, text: lastError, english: true }];
  if (lastAt !== null || nextAt !== null) return [];
  return [{ id: 'backup', tone: 'warn', title: overview.noBackups, text: overview.noBackupsText }];
}
