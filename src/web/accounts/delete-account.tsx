import { useSignal } from '@preact/signals';
import { Dialog } from '../components/dialog.tsx';
import { Notice } from '../components/notice.tsx';
import { useAccountMessages } from '../i18n/account-messages.ts';
import { usePage } from '../page-context.ts';
import { onlyProblems, passwordProblem } from './checks.ts';
import { HiddenUsername, PasswordField } from './fields.tsx';
import { Form, useForm } from './form.tsx';

interface DeleteAccountProps {
  readonly email: string | null;
  readonly hasPassword: boolean;
  readonly onDeleted: () => void;
}

export function DeleteAccount(props: DeleteAccountProps) {
  const t = useAccountMessages();
  const open = useSignal(false);
  const close = () => {
    open.value = false;
  };
  return (
    <>
      <button
        type="button"
        class="button quiet danger"
        onClick={() => {
          open.value = true;
        }}
      >
        {t.remove.open}
      </button>
      {open.value && (
        <Dialog title={t.remove.headline} onClose={close}>
          <DeleteForm {...props} onCancel={close} />
        </Dialog>
      )}
    </>
  );
}

function DeleteForm({
  email,
  hasPassword,
  onDeleted,
  onCancel,
}: DeleteAccountProps & { onCancel: () => void }) {
  const t = useAccountMessages();
  const { login } = usePage();
  const form = useForm({
    initial: { password: '' },
    check: ({ password }) => onlyProblems({ password: hasPassword ? passwordProblem(password, t) : '' }),
    async send({ password }) {
      await login.account().remove(hasPassword ? password : undefined);
      onDeleted();
    },
    explain: (code) => (code === 'wrong_password' ? { password: t.problem.wrongPassword } : null),
    invalid: () => t.problem.wrongPassword,
  });
  return (
    <Form
      form={form}
      submit={t.remove.submit}
      busy={t.remove.busy}
      danger
      beside={
        <button type="button" class="button quiet" onClick={onCancel}>
          {t.cancel}
        </button>
      }
    >
      <Notice title={t.remove.intro} text={t.remove.text} tone="danger" />
      <HiddenUsername email={email} />
      {hasPassword && (
        <PasswordField form={form} name="password" label={t.remove.confirm} autoComplete="current-password" />
      )}
    </Form>
  );
}
