package agenttest

import pb "github.com/adbferry/adbferry/proto/adbferry/v1"

// SetObstacle makes a table one that cannot be moved.
func (a *Agent) SetObstacle(name *pb.TableName, why string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tables[key(name)].description.Obstacle = why
}
