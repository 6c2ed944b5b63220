const PROJECT_NAME = /^[A-Za-z0-9_.-]{1,100}$/;

/** @throws Error that names the allowed characters of a project name. */
export function checkProjectName(project: string): string {
  if (PROJECT_NAME.test(project)) return project;
  throw new Error(
    `${JSON.stringify(project)} can't be the name of a Pulumi project: give one of letters, digits, "-", "_" and "." with --project`,
  );
}
