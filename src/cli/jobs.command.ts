import { Command, Option } from 'commander';
import { type JobState, jobStates, listJobs } from '../platform/jobs/job-list.ts';
import { CommandError, MisuseError } from './command-errors.ts';
import { withChangingServer, withServer } from './open-server.ts';
import { createProgress, examples, reporting } from './reporting.ts';
import { moment, table } from './text.ts';

const mostListed = 100;
/** More than anybody wants to read; those that are left over come with the next call. */
const mostRetried = 10_000;

/** Builds the commands about background jobs. */
export function jobsCommand(): Command {
  return new Command('jobs')
    .description('look after background jobs, such as mails')
    .addCommand(listCommand())
    .addCommand(retryCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description(`list the newest ${mostListed} jobs, by default those that are not completed`)
    .addOption(new Option('--state <state>', 'only those in this state').choices(jobStates))
    .addHelpText('after', examples('jobs list', 'jobs list --state failed --json'))
    .action(
      reporting(({ state }: { state?: JobState }) =>
        withServer(async ({ database }) => {
          const states = state ? [state] : jobStates.filter((each) => each !== 'completed');
          const data = await listJobs(database, states, mostListed);
          const rows = data.map((job) => [
            job.id,
            job.name,
            job.state,
            String(job.tries),
            moment(job.createdAt),
            moment(job.startsAfter),
          ]);
          return {
            data,
            text: table(['JOB', 'NAME', 'STATE', 'TRIES', 'CREATED', 'NOT BEFORE'], rows),
          };
        }),
      ),
    );
}

function retryCommand(): Command {
  return new Command('retry')
    .description('have a failed job tried once more')
    .argument('[id]', 'which job')
    .option('--all', 'all failed jobs')
    .addHelpText(
      'after',
      examples('jobs retry 019aa1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b', 'jobs retry --all'),
    )
    .action(
      reporting((id: string | undefined, { all = false }: { all?: boolean }) => {
        if ((id === undefined) !== all) throw new MisuseError('Name one job, or --all of them.');
        return retry(id);
      }),
    );
}

function retry(id: string | undefined) {
  return withChangingServer(async ({ database, queue }) => {
    const chosen = await listJobs(database, ['failed'], mostRetried, id);
    if (id !== undefined && chosen.length === 0) {
      throw new CommandError('There is no failed job with this id.');
    }
    const progress = createProgress('Jobs to be tried again');
    let retried = 0;
    for (const job of chosen) {
      if (await queue.retry(job.name, job.id)) retried++;
      progress.tell(retried);
    }
    progress.end();
    return { data: { retried }, text: `${retried} to be tried again.` };
  });
}
