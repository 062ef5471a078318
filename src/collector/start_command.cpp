// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"
#include "base/text.h"
#include "collector/engine.h"
#include "collector/files.h"
#include "collector/report_command.h"
#include "collector/state.h"

namespace hullmark::collector {

Status RunStart(const CommandContext& context) {
  const std::string path = StatePath(context.options.state, context.env);
  const Endpoint endpoint = HM_TRY(FindEndpoint(context.options.docker_host, context.env));
  const Engine engine =
      HM_TRY(Engine::Connect(context.transport, endpoint, context.deadline, context.stop));
  const EngineInfo info = HM_TRY(engine.Info(context.clock));

  State state;
  state.job = JobKey(context.env);
  state.engine_id = info.id;
  state.host = endpoint.host;
  state.started_at = info.now;
  // A second `start` of one job (two steps that both call it) must not hide the pushes between
  // them: the first one stands.
  if (const auto text = ReadOwnFile(path, StateLimits().max_bytes); text && !state.job.empty()) {
    const auto before = ParseState(*text);
    if (before && before->job == state.job && before->engine_id == state.engine_id) {
      context.say("hullmark-ci: started already at " + before->started_at.ToString());
      return {};
    }
  }
  state.images = HM_TRY(engine.Images());
  HM_TRY(WriteFileAtomically(path, WriteState(state), 0600));
  context.say(Cat({"hullmark-ci: watching docker ", info.version, " (api ", engine.api_version(),
                   ", ", NameOf(info.store), " store), which holds ",
                   std::to_string(state.images.size()), " images"}));
  return {};
}

}  // namespace hullmark::collector
