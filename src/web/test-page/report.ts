import type { TestMessages } from '../i18n/test-messages.ts';
import type { Step } from './steps.ts';

interface ReportInput {
  readonly steps: readonly Step[];
  readonly sentence: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly userAgent: string;
}

/** The test as plain text, for whoever helps: no address, no secret, no name of a device. */
export function reportText({ steps, sentence, now, userAgent }: ReportInput, t: TestMessages): string {
  const head = [
    t.report.heading,
    `${t.report.time}: ${new Date(now).toISOString()}`,
    `${t.report.browser}: ${userAgent}`,
    `${t.report.result}: ${sentence}`,
  ];
  const lines = steps.map(({ id, status, found }) => {
    const result = t.finished(t.step[id], t.status[status]);
    // What hasn't come to an end found nothing yet.
    const isOver = status !== 'waiting' && status !== 'running';
    return isOver && found !== '' ? `${result} (${found.replace(/\.$/, '')})` : result;
  });
  return [...head, '', ...lines, ''].join('\n');
}
