/** Asks for the key of something new; the lab judges it. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { Published } from '../lab/api.ts';
import { useLab } from '../lab/lab-session.ts';
import { Modal } from './modal.tsx';

interface KeyDialogProps {
  readonly title: string;
  readonly label?: string;
  readonly children?: ComponentChildren;
  readonly create: (base: string, key: string) => Promise<Published>;
  readonly close: () => void;
  /** Told the key once it is published. */
  readonly onCreated?: (key: string) => void;
}

export function KeyDialog({ title, label = 'Key', children, create, close, onCreated }: KeyDialogProps): JSX.Element {
  const lab = useLab();
  const id = useId();
  const key = useSignal('');
  const problem = useSignal<string | null>(null);
  const submit = async () => {
    const wanted = key.value.trim();
    if (await lab.publish((base) => create(base, wanted))) {
      close();
      onCreated?.(wanted);
    } else problem.value = lab.notice.value?.text ?? 'It was not published.';
  };
  return (
    <Modal title={title} submitLabel="Create" onSubmit={submit} onClose={close}>
      <div class="field">
        <label for={id}>{label}</label>
        <input
          id={id}
          value={key.value}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => {
            key.value = currentTarget.value;
          }}
        />
      </div>
      {children}
      {problem.value !== null && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
    </Modal>
  );
}
