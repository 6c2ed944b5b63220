// `node comment.mjs FILE`: puts a file's text on the pull request that this run of Azure Pipelines is for, or renews its last one.
import { readFileSync } from "node:fs";

const MARK = "<!-- pulumi preview of gateway -->";
/** A comment may have 150,000 characters; the end, where the summary stands, is what is kept. */
const MAX_CHARS = 140_000;

const { env } = process;
const collection = env.SYSTEM_COLLECTIONURI;
const project = env.SYSTEM_TEAMPROJECTID;
const repository = env.BUILD_REPOSITORY_ID;
const pullRequest = env.SYSTEM_PULLREQUEST_PULLREQUESTID;
const token = env.SYSTEM_ACCESSTOKEN;
if (!collection || !project || !repository || !pullRequest || !token) {
  console.error(
    "comment.mjs: this is no run for a pull request of Azure Repos, or SYSTEM_ACCESSTOKEN is not given to it.",
  );
  process.exit(1);
}

const threads = `${collection}${project}/_apis/git/repositories/${repository}/pullRequests/${pullRequest}/threads`;

async function call(method, url, body) {
  const answer = await fetch(`${url}?api-version=7.1`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // A token without rights is answered with 203 and a page to log in.
  if (answer.status !== 200) {
    throw new Error(
      `${method} of the pull request's threads answered ${answer.status}: give the project's build service "Contribute to pull requests"`,
    );
  }
  return answer.json();
}

const text = readFileSync(process.argv[2], "utf8");
const shown = text.length > MAX_CHARS ? `…\n${text.slice(-MAX_CHARS)}` : text;
const content = `${MARK}\n**pulumi preview**\n\n\`\`\`\`\n${shown.trimEnd()}\n\`\`\`\``;

const { value } = await call("GET", threads);
const earlier = value.find(({ comments }) => comments?.[0]?.content?.startsWith(MARK));
if (earlier === undefined) {
  // Closed: it informs, nobody has to answer it.
  await call("POST", threads, { comments: [{ parentCommentId: 0, content, commentType: "text" }], status: "closed" });
} else {
  await call("PATCH", `${threads}/${earlier.id}/comments/${earlier.comments[0].id}`, { content });
}
