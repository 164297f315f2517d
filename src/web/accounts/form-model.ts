import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Failure, failureOf, invalidFieldsOf } from '../failure.ts';
import { singleFlight } from '../single-flight.ts';

export type Values<Name extends string> = Readonly<Record<Name, string>>;
/** What is wrong with each field, in words. Fields that are fine aren't in it. */
export type Problems<Name extends string> = Readonly<Partial<Record<Name, string>>>;

/** What differs from form to form. */
export interface FormSpec<Name extends string> {
  readonly initial: Values<Name>;
  /** Checks the input before it is sent. */
  check?(values: Values<Name>): Problems<Name>;
  send(values: Values<Name>): Promise<void>;
  /** Returns the field that a refusal is about, and what is wrong with it; null if it is about none. */
  explain?(code: string): Problems<Name> | null;
  /** Says what is wrong with a field that the server calls invalid. */
  invalid?(name: Name): string;
}

export interface FormModel<Name extends string> {
  readonly values: Signal<Values<Name>>;
  readonly problems: ReadonlySignal<Problems<Name>>;
  /** A refusal that isn't about one field. */
  readonly failure: ReadonlySignal<Failure | null>;
  readonly busy: ReadonlySignal<boolean>;
  /** Whether the last input was accepted; false again once it changes. */
  readonly done: ReadonlySignal<boolean>;
  /** Whether anything was changed since the form was shown, sent or reset. */
  readonly touched: ReadonlySignal<boolean>;
  change(name: Name, value: string): void;
  reset(values: Values<Name>): void;
  /** Sends the input unless it is being sent. @param typed what the form's elements hold */
  submit(typed?: Values<Name>): Promise<void>;
}

/** The state of one form: what was typed, what is wrong with it, whether it is on its way. */
export function createForm<Name extends string>(spec: () => FormSpec<Name>): FormModel<Name> {
  const { initial } = spec();
  const values = signal(initial);
  const noProblems: Problems<Name> = Object.create(null);
  const problems = signal(noProblems);
  const failure = signal<Failure | null>(null);
  const busy = signal(false);
  const done = signal(false);
  const touched = signal(false);
  const names = Object.keys(initial) as Name[];

  function explain(error: unknown): void {
    const { check: _, explain: problemsOf, invalid } = spec();
    const failed = failureOf(error);
    const about = problemsOf?.(failed.code) ?? null;
    if (about !== null) {
      problems.value = about;
      return;
    }
    const paths = invalidFieldsOf(error);
    const wrong = names.filter((name) => paths.includes(name));
    if (invalid === undefined || wrong.length === 0) failure.value = failed;
    else problems.value = Object.fromEntries(wrong.map((name) => [name, invalid(name)])) as Problems<Name>;
  }

  const submit = singleFlight(async (typed?: Values<Name>) => {
    if (typed !== undefined) values.value = typed;
    const sent = values.value;
    failure.value = null;
    done.value = false;
    problems.value = spec().check?.(sent) ?? noProblems;
    if (Object.keys(problems.value).length > 0) return;
    busy.value = true;
    try {
      await spec().send(sent);
      touched.value = false;
      done.value = true;
    } catch (error) {
      explain(error);
    } finally {
      busy.value = false;
    }
  });

  return {
    values,
    problems,
    failure,
    busy,
    done,
    touched,
    change(name, value) {
      touched.value = true;
      values.value = { ...values.value, [name]: value };
      const { [name]: _, ...rest } = problems.value;
      problems.value = rest as Problems<Name>;
      done.value = false;
    },
    reset(next) {
      touched.value = false;
      values.value = next;
    },
    submit,
  };
}
