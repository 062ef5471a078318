# SPDX-License-Identifier: Apache-2.0
#
# The version is the tree's: a tag where there is one, else 0.1.0 and the commit.
set(HM_VERSION "0.1.0")
