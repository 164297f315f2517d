import type { ComponentChildren, TargetedSubmitEvent } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { FailureNotice } from '../components/notice.tsx';
import { createForm, type FormModel, type FormSpec, type Values } from './form-model.ts';

/** The model of a component's form. It always acts by the latest `spec`. */
export function useForm<Name extends string>(spec: FormSpec<Name>): FormModel<Name> {
  const latest = useRef(spec);
  latest.current = spec;
  return useMemo(() => createForm(() => latest.current), []);
}

interface FormProps<Name extends string> {
  readonly form: FormModel<Name>;
  readonly submit: string;
  /** What the button says while the form is on its way. */
  readonly busy: string;
  /** Said once the input was accepted. */
  readonly done?: string;
  readonly wide?: boolean;
  readonly danger?: boolean;
  /** Whether another way is the main one. */
  readonly quiet?: boolean;
  /** A button beside the submit button. */
  readonly beside?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** One form with one purpose. A refused field gets the focus. */
export function Form<Name extends string>({ form, submit, busy, children, ...rest }: FormProps<Name>) {
  const element = useRef<HTMLFormElement>(null);
  const isBusy = form.busy.value;
  const problems = form.problems.value;
  const failure = form.failure.value;

  // At once: a key between the rendering and this would go to where the focus was before.
  useLayoutEffect(() => {
    if (Object.keys(problems).length === 0 || isBusy) return;
    const bad = element.current?.querySelector('[aria-invalid="true"]');
    if (!(bad instanceof HTMLInputElement || bad instanceof HTMLTextAreaElement)) return;
    if (bad.contains(document.activeElement)) return;
    bad.focus();
    bad.select();
  }, [problems, isBusy]);

  const handleSubmit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void form.submit(typedIn(event.currentTarget, form.values.peek()));
  };
  const shape = [
    'button',
    rest.wide === true && 'large wide',
    rest.danger === true && 'danger',
    rest.quiet === true && 'quiet',
  ];
  return (
    <form ref={element} class="account-form" method="post" onSubmit={handleSubmit} noValidate>
      {children}
      {failure !== null && <FailureNotice failure={failure} />}
      <div class="submit">
        <button type="submit" class={shape.filter(Boolean).join(' ')} aria-disabled={isBusy}>
          {isBusy && <span class="spinner" />}
          {isBusy ? busy : submit}
        </button>
        {rest.beside}
        {rest.done !== undefined && (
          <p class="done" role="status">
            {form.done.value && rest.done}
          </p>
        )}
      </div>
    </form>
  );
}

/** What the form's elements hold: a password manager may fill them in without an event. */
function typedIn<Name extends string>(element: HTMLFormElement, values: Values<Name>): Values<Name> {
  const data = new FormData(element);
  const typed: Record<string, string> = { ...values };
  for (const name of Object.keys(values)) {
    const value = data.get(name);
    if (typeof value === 'string') typed[name] = value;
  }
  return typed as Values<Name>;
}
