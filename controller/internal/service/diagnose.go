package service

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"google.golang.org/grpc"

	"github.com/adbferry/adbferry/controller/internal/diagnosis"
	"github.com/adbferry/adbferry/pkg/daemon"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// DiagnosePair implements MigrationService.
func (s *Service) DiagnosePair(req *pb.DiagnosePairRequest, stream grpc.ServerStreamingServer[pb.DiagnosePairResponse]) error {
	source, target, err := s.agents(&pb.MigrationSpec{Source: req.GetSource(), Target: req.GetTarget()})
	if err != nil {
		return err
	}
	if err := checkPAR(req.GetParUrl()); err != nil {
		return err
	}
	round := diagnosis.Round{
		ID: roundID(), Source: source, Target: target, PAR: req.GetParUrl(), Formats: req.GetFormats(), LOBBytes: req.GetLobBytes(),
		Version: daemon.Version(), Now: time.Now,
		// A caller who is gone ends the stream's context, and the round with it.
		Step: func(text string) { _ = stream.Send(&pb.DiagnosePairResponse{Step: text}) },
	}
	found, err := round.Run(stream.Context())
	if err != nil {
		return err
	}
	if err := s.KeepDiagnosis(found); err != nil {
		return err
	}
	return stream.Send(&pb.DiagnosePairResponse{Diagnosis: found})
}

// roundID names one diagnosis: its tables, and its folder in the bucket.
func roundID() string {
	var id [6]byte
	_, _ = rand.Read(id[:]) // never fails
	return "doctor-" + hex.EncodeToString(id[:])
}

// GetDiagnosis implements MigrationService.
func (s *Service) GetDiagnosis(_ context.Context, req *pb.GetDiagnosisRequest) (*pb.GetDiagnosisResponse, error) {
	if _, _, err := s.agents(&pb.MigrationSpec{Source: req.GetSource(), Target: req.GetTarget()}); err != nil {
		return nil, err
	}
	found, err := s.Diagnosis(req.GetSource(), req.GetTarget())
	return &pb.GetDiagnosisResponse{Diagnosis: found}, err
}
