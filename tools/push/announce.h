// What push says before it writes anything.
#pragma once

#include "remote/plan.h"

#include <string>

namespace imsearch {

/// The plan as lines for people: what is made, what it needs, what there is.
std::string plan_text(const ServiceInfo& service, const Cluster& cluster,
                      const LoadPlan& plan, const std::string& engine_reason);

}  // namespace imsearch
