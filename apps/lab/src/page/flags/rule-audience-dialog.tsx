/** Chooses whom a rule is for: everyone, or any or all of some audiences. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { AudienceSentence, ConditionsSentence } from '../audiences/audience-sentence.tsx';
import { audienceIdsOf, type Project, type ProjectRule } from '../lab/project.ts';
import type { ConditionTree } from '../lab/wire-datafile.ts';
import { Modal } from '../parts/modal.tsx';
import { linkTo } from '../route.ts';

type Mode = 'everyone' | 'or' | 'and';

const MODES: readonly { readonly mode: Mode; readonly label: string }[] = [
  { mode: 'everyone', label: 'Everyone' },
  { mode: 'or', label: 'Users in any of these audiences' },
  { mode: 'and', label: 'Users in all of these audiences' },
];

interface RuleAudienceDialogProps {
  readonly rule: ProjectRule;
  readonly project: Project;
  readonly publish: (audience: ConditionTree) => Promise<boolean>;
  readonly close: () => void;
}

export function RuleAudienceDialog({ rule, project, publish, close }: RuleAudienceDialogProps): JSX.Element {
  const group = useId();
  const chosen = useSignal<readonly string[]>(audienceIdsOf(rule.audience));
  const mode = useSignal<Mode>(modeOf(rule.audience));
  const isBusy = useSignal(false);
  const problem = useSignal<string | null>(null);

  const submit = async () => {
    if (mode.value !== 'everyone' && chosen.value.length === 0) {
      problem.value = 'Choose at least one audience.';
      return;
    }
    isBusy.value = true;
    const tree: ConditionTree = mode.value === 'everyone' ? [] : [mode.value, ...chosen.value];
    const isPublished = await publish(tree);
    isBusy.value = false;
    if (isPublished) close();
    else problem.value = 'It was not published; the message below says why.';
  };
  const toggle = (id: string) => {
    problem.value = null;
    chosen.value = chosen.value.includes(id) ? chosen.value.filter((each) => each !== id) : [...chosen.value, id];
  };

  return (
    <Modal
      title={`Audience of ${rule.key}`}
      submitLabel="Publish"
      isBusy={isBusy.value}
      onSubmit={submit}
      onClose={close}
    >
      {!isFlat(rule.audience) && (
        <p class="small">
          Now: <AudienceSentence tree={rule.audience} project={project} />. Publishing replaces it by what is chosen
          here.
        </p>
      )}
      <fieldset class="stack-s">
        <legend class="visually-hidden">Who gets it</legend>
        {MODES.map((each) => (
          <label class="choice" key={each.mode}>
            <input
              type="radio"
              name={group}
              checked={mode.value === each.mode}
              onChange={() => {
                mode.value = each.mode;
              }}
            />
            {each.label}
          </label>
        ))}
      </fieldset>
      <fieldset class="stack-s" disabled={mode.value === 'everyone'}>
        <legend class="visually-hidden">Audiences</legend>
        {project.audiences.map((audience) => (
          <label class="choice boxed" key={audience.id}>
            <input type="checkbox" checked={chosen.value.includes(audience.id)} onChange={() => toggle(audience.id)} />
            <span>
              <b>{audience.name}</b>
              <br />
              <span class="small soft">
                <ConditionsSentence tree={audience.conditions} project={project} />
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      <p class="small soft">
        What an audience means is edited under <a href={linkTo('audiences')}>Audiences</a>.
      </p>
      {problem.value !== null && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
    </Modal>
  );
}

function modeOf(tree: ConditionTree): Mode {
  if (audienceIdsOf(tree).length === 0) return 'everyone';
  return Array.isArray(tree) && tree[0] === 'and' ? 'and' : 'or';
}

/** Whether the tree is one operator over audiences, which is all the form can say. */
function isFlat(tree: ConditionTree): boolean {
  return Array.isArray(tree) && tree.every((part) => typeof part === 'string' && part !== 'not');
}
