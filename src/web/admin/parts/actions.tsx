import { type Signal, useSignal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { Dialog } from '../../components/dialog.tsx';
import { type Failure, failureOf } from '../../failure.ts';
import { useAdminMessages } from '../../i18n/admin-messages.ts';
import { useSingleFlight } from '../../single-flight.ts';
import { AdminFailure } from './polled-view.tsx';

/** Something that the admin is asked before it is done. */
export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly confirm: string;
  /** Whether it takes something from somebody. Default: yes. */
  readonly danger?: boolean;
  readonly act: () => Promise<unknown>;
  /** Said when it is done. */
  readonly done: string;
}

/** What is done in a section: asked about, under way, done, refused. */
export interface Actions {
  readonly question: Signal<Question | null>;
  readonly said: Signal<string>;
  readonly failure: Signal<Failure | null>;
  /** Key of what is under way; '' for nothing. */
  readonly busy: Signal<string>;
  /** Asks first. */
  ask(question: Question): void;
  /** Does at once what harms nobody. */
  run(key: string, act: () => Promise<string>): void;
}

export function useActions(): Actions {
  const question = useSignal<Question | null>(null);
  const said = useSignal('');
  const failure = useSignal<Failure | null>(null);
  const busy = useSignal('');
  const forget = () => {
    said.value = '';
    failure.value = null;
  };
  const run = useSingleFlight(async (key: string, act: () => Promise<string>) => {
    forget();
    busy.value = key;
    try {
      said.value = await act();
    } catch (error) {
      failure.value = failureOf(error);
    } finally {
      busy.value = '';
    }
  });
  return {
    question,
    said,
    failure,
    busy,
    ask(asked) {
      forget();
      question.value = asked;
    },
    run: (key, act) => void run(key, act),
  };
}

/** Shows what comes of the actions, and asks. */
export function ActionsView({ actions: { question, said, failure } }: { actions: Actions }) {
  const asked = question.value;
  return (
    <>
      <div class="admin-outcome" data-any={said.value !== '' || failure.value !== null}>
        <p class="done" role="status">
          {said.value}
        </p>
        {failure.value !== null && <AdminFailure failure={failure.value} />}
      </div>
      {asked !== null && (
        <QuestionDialog
          question={asked}
          onClose={() => {
            question.value = null;
          }}
          onDone={() => {
            question.value = null;
            said.value = asked.done;
          }}
        />
      )}
    </>
  );
}

interface QuestionDialogProps {
  readonly question: Question;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function QuestionDialog({ question, onClose, onDone }: QuestionDialogProps) {
  const t = useAdminMessages();
  const { title, text, confirm, danger = true } = question;
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const act = useSingleFlight(async () => {
    setBusy(true);
    setFailure(null);
    try {
      await question.act();
      onDone();
    } catch (error) {
      setFailure(failureOf(error));
      setBusy(false);
    }
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      {failure !== null && <AdminFailure failure={failure} />}
      <div class="choices">
        <button
          type="button"
          class={danger ? 'button danger' : 'button'}
          aria-disabled={busy}
          onClick={() => void act()}
        >
          {busy && <span class="spinner" />}
          {confirm}
        </button>
        <button type="button" class="button quiet" onClick={onClose}>
          {t.cancel}
        </button>
      </div>
    </Dialog>
  );
}
