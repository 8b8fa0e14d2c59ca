import { t } from '../i18n/index.svelte';
import { call, onPush, save } from '../ipc/client';
import type { Job } from '../ipc/gen/Job';
import { act } from './act';
import { errorText } from './errors';
import { AppFailure } from '../ipc/client';
import { toast } from './toasts.svelte';

let list = $state.raw<Job[]>([]);

/** Running jobs, and ended ones that still have problems to look at. */
export function jobs(): readonly Job[] {
  return list;
}

export function running(): number {
  return list.filter((j) => j.state === 'running').length;
}

export function closeJob(id: string): void {
  list = list.filter((j) => j.id !== id);
}

/** Exports begun on this screen: what they make is saved as soon as it is there. */
const mine = new Set<string>();

/** Saves what a job has made: asks where in the window, downloads in a browser. */
export async function keepMade(id: string): Promise<void> {
  mine.delete(id);
  const made = await act(() => call('jobs.made', { id }));
  if (!made) return;
  if (made.folder !== null) {
    closeJob(id);
    toast({ kind: 'info', icon: 'folder', text: t('shell.job_folder', { folder: made.folder }) });
    return;
  }
  const file = made.file;
  if (!file) return;
  const where = await act(() => save(file));
  // A closed dialogue leaves the file in the bar, to be saved later.
  if (where === null || where === undefined) return;
  closeJob(id);
  toast({ kind: 'info', icon: 'download', text: t('shell.job_saved', { name: where }) });
}

/** An export was begun here: its file comes to the person by itself. */
export function expectMade(job: Job): void {
  mine.add(job.id);
  // It may have ended before its own answer came.
  if (list.some((j) => j.id === job.id && j.made)) void keepMade(job.id);
}

export function cancelJob(id: string): void {
  void act(() => call('jobs.cancel', { id }));
}

/** Milliseconds left by the pace so far, or `null` before there is a pace. */
export function timeLeft(job: Job, now: number): number | null {
  const gone = now - job.started;
  if (job.done <= 0 || job.total <= job.done || gone < 500) return null;
  return (gone / job.done) * (job.total - job.done);
}

function took(job: Job): void {
  const what = t(`job.${job.kind}`);
  const n = job.done - job.problems.length;
  const before = list.find((j) => j.id === job.id);
  const others = list.filter((j) => j.id !== job.id);
  if (job.state === 'running' || job.problems.length > 0 || job.made) list = [...others, job];
  else list = others;
  if (job.state === 'running' || (before && before.state !== 'running')) return;
  if (job.made && mine.has(job.id)) void keepMade(job.id);
  if (job.error) toast({ kind: 'error', text: errorText(new AppFailure(job.error)) });
  else if (job.state === 'failed') toast({ kind: 'error', text: t('shell.job_failed', { what }) });
  else if (job.state === 'cancelled') toast({ kind: 'info', icon: 'x', text: t('shell.job_cancelled', { what, n }) });
}

async function ask(): Promise<void> {
  try {
    const all = (await call('jobs.list', {})).jobs;
    list = all.filter((j) => j.state === 'running' || j.made);
  } catch {
    // The line is down; the notice about that stands already, and its return asks again.
  }
}

/** Follows the jobs; answers how to stop. */
export function followJobs(): () => void {
  void ask();
  return onPush((push) => {
    if (push.type === 'job') took(push.job);
    if (push.type === 'lagged' || push.type === 'stall_switched') void ask();
  });
}
