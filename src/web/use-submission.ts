import { useState } from 'preact/hooks';
import { type Failure, failureOf } from './failure.ts';
import { useSingleFlight } from './single-flight.ts';

/** What a form sends: whether it is on its way, and why it failed. */
export interface Submission {
  /** True from the start until it fails: after a success the form is left. */
  readonly busy: boolean;
  readonly failure: Failure | null;
  /** For the form's `onSubmit`. */
  readonly onSubmit: (event: Event) => void;
}

/**
 * The sending of a form that is left once it succeeds; one at a time.
 * @param send checks the input; returns undefined if there is something to correct first
 */
export function useSubmission(send: () => Promise<void> | undefined): Submission {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = useSingleFlight(async () => {
    try {
      const sent = send();
      if (sent === undefined) return;
      setBusy(true);
      setFailure(null);
      await sent;
    } catch (error) {
      setFailure(failureOf(error));
      setBusy(false);
    }
  });
  return {
    busy,
    failure,
    onSubmit(event) {
      event.preventDefault();
      void submit();
    },
  };
}
